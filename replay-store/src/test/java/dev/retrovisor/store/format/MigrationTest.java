// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a recording of the guest ticks that was made by the last program which wrote version 1. */
final class MigrationTest {
    private static final Path VERSION_1 = Path.of("..", "testdata", "recordings", "ticks-v1.retro");
    private static final int EVENTS = 929;
    private static final List<String> QUESTIONS = List.of(
            "SELECT * FROM event ORDER BY id",
            "SELECT * FROM event_at WHERE kind = 'interrupt' ORDER BY id",
            "SELECT * FROM site_count ORDER BY kind, address, width, rip",
            "SELECT sum(events) FROM site_count WHERE kind = 'interrupt'");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void copy() throws IOException {
        file = Files.copy(VERSION_1, folder.resolve("ticks.retro"));
    }

    private long version() throws RecordingException {
        try (RecordingReader reader = RecordingReader.open(file)) {
            return reader.version();
        }
    }

    private List<String> answers() throws RecordingException, SQLException {
        List<String> answers = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(file);
                Statement statement = reader.connection().createStatement()) {
            for (String question : QUESTIONS) {
                answers.add(rows(statement, question));
            }
        }
        return answers;
    }

    private static String rows(Statement statement, String question) throws SQLException {
        StringBuilder rows = new StringBuilder();
        try (ResultSet row = statement.executeQuery(question)) {
            while (row.next()) {
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    byte[] bytes = row.getBytes(column);
                    rows.append(bytes == null ? "-" : HexFormat.of().formatHex(bytes))
                            .append(' ');
                }
                rows.append('\n');
            }
        }
        return rows.toString();
    }

    private String replayed() throws RecordingException, IOException {
        Path image = folder.resolve("image");
        try (RecordingReader reader = RecordingReader.open(file)) {
            ReplayImage.write(reader, image);
            return HexFormat.of().formatHex(Checks.sha256().digest(Files.readAllBytes(image)));
        } finally {
            Files.deleteIfExists(image);
        }
    }

    @Test
    void aFileOfVersion1IsReadAsItIs() throws RecordingException, SQLException {
        byte[] before = read(file);
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.version()).isEqualTo(1);
            assertThat(reader.isOfNewestVersion()).isFalse();
            assertThat(reader.hasIndex()).isFalse();
            assertThat(reader.events()).isEqualTo(EVENTS);
            List<TraceEvent> events = new ArrayList<>();
            reader.<RuntimeException>events(Long.MIN_VALUE, events::add);
            assertThat(events).hasSize(EVENTS);
        }
        assertThat(answers().get(0).lines()).hasSize(EVENTS);
        assertThat(read(file)).isEqualTo(before);
    }

    private static byte[] read(Path path) throws RecordingException {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new RecordingException(path, e.toString());
        }
    }

    @Test
    void migratedItSaysTheSameAndReplaysTheSame() throws RecordingException, SQLException, IOException {
        List<String> answers = answers();
        String replayed = replayed();
        List<Long> told = new ArrayList<>();
        Migration.run(file, told::add);
        assertThat(told).isNotEmpty();
        assertThat(version()).isEqualTo(Schema.VERSION);
        assertThat(answers()).isEqualTo(answers);
        assertThat(replayed()).isEqualTo(replayed);
        assertThat(Files.size(file)).isLessThanOrEqualTo(Files.size(VERSION_1));
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.hasIndex()).isTrue();
            assertThat(reader.integrity()).isEmpty();
        }
    }

    @Test
    void migratedItIsLaidOutAsANewOne() throws RecordingException, SQLException {
        Migration.run(file, looked -> {});
        String views =
                "SELECT name, sql FROM sqlite_schema WHERE type = 'view' OR name IN ('site_run', 'checkpoint', 'checkpoint_page') ORDER BY name";
        String columns = "SELECT name, type FROM pragma_table_info('site')";
        Path other = folder.resolve("new.retro");
        Recordings.whole(other, Recordings.events(10));
        try (RecordingReader migrated = RecordingReader.open(file);
                RecordingReader made = RecordingReader.open(other);
                Statement ask = migrated.connection().createStatement();
                Statement askOther = made.connection().createStatement()) {
            assertThat(rows(ask, views)).isEqualTo(rows(askOther, views)).isNotEmpty();
            assertThat(rows(ask, columns)).isEqualTo(rows(askOther, columns)).isNotEmpty();
        }
    }

    @Test
    void aFileOfVersion2GetsRoomForCheckpoints() throws RecordingException, SQLException, IOException {
        Path second = folder.resolve("second.retro");
        Recordings.whole(second, Recordings.events(300));
        file = second;
        List<String> answers = answers();
        String replayed = replayed();
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + second);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE checkpoint_page");
            statement.execute("DROP TABLE checkpoint");
            statement.execute("PRAGMA user_version = 2");
        }
        assertThat(answers()).isEqualTo(answers);
        assertThat(replayed()).isEqualTo(replayed);
        assertThat(CheckpointWriter.open(second)).isEmpty();
        Migration.run(second, looked -> {});
        assertThat(version()).isEqualTo(Schema.VERSION);
        assertThat(answers()).isEqualTo(answers);
        assertThat(replayed()).isEqualTo(replayed);
        try (CheckpointWriter writer = CheckpointWriter.open(second).orElseThrow();
                RecordingReader reader = RecordingReader.open(second)) {
            assertThat(Checkpoints.of(reader).states()).isEmpty();
            writer.removeFrom(1);
        }
    }

    @Test
    void whatIsMigratedIsNotTouchedAgain() throws RecordingException {
        Migration.run(file, looked -> {});
        byte[] once = read(file);
        Migration.run(file, looked -> {});
        assertThat(read(file)).isEqualTo(once);
    }

    @Test
    void brokenOffItStaysWhatItWas() throws RecordingException, SQLException {
        List<String> answers = answers();
        assertThatThrownBy(() -> Migration.run(file, looked -> {
                    throw new IllegalStateException("broken off");
                }))
                .hasMessage("broken off");
        assertThat(version()).isEqualTo(1);
        assertThat(answers()).isEqualTo(answers);
    }
}
