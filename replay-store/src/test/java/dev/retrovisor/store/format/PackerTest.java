// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackerTest {
    private static final List<TraceEvent> EVENTS = Recordings.events(20_000);

    @TempDir
    Path folder;

    private Path from;
    private Path to;

    @BeforeEach
    void record() throws RecordingException {
        from = folder.resolve("from.retro");
        to = folder.resolve("to.retro");
        Recordings.whole(from, EVENTS);
    }

    private void pack(boolean hasRows) throws RecordingException {
        try (RecordingReader reader = RecordingReader.open(from)) {
            Packer.pack(reader, to, hasRows, position -> {});
        }
    }

    private static void sql(Path file, String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Test
    void everythingIsInTheCopyAndItsSealHolds() throws RecordingException {
        pack(true);
        try (RecordingReader before = RecordingReader.open(from);
                RecordingReader after = RecordingReader.open(to)) {
            assertThat(events(after)).isEqualTo(EVENTS);
            assertThat(after.end()).isEqualTo(before.end());
            assertThat(after.marks()).isEqualTo(before.marks());
            assertThat(after.machine()).isEqualTo(before.machine());
            assertThat(after.hasIndex()).isTrue();
            assertThat(Seal.holds(before)).isEmpty();
            assertThat(Seal.holds(after)).contains(true);
        }
    }

    private static List<TraceEvent> events(RecordingReader reader) throws RecordingException {
        List<TraceEvent> events = new ArrayList<>();
        reader.<RuntimeException>events(Long.MIN_VALUE, events::add);
        return events;
    }

    @Test
    void withoutRowsItIsSmallerAndTheEventsAreThere() throws Exception {
        pack(false);
        try (RecordingReader after = RecordingReader.open(to)) {
            assertThat(events(after)).isEqualTo(EVENTS);
            assertThat(after.hasIndex()).isFalse();
        }
        assertThat(Files.size(to)).isLessThan(Files.size(from));
    }

    @Test
    void gapsAndATornEndStayWhatTheyAre() throws RecordingException {
        Path torn = folder.resolve("torn.retro");
        try (RecordingWriter writer = Recordings.begin(torn)) {
            Recordings.append(writer, EVENTS.subList(0, 1000), 31);
            writer.append(writer.wanted() + 4800, Recordings.record(EVENTS.get(1100)), 0, 48);
            writer.commit();
        }
        from = torn;
        pack(true);
        try (RecordingReader before = RecordingReader.open(torn);
                RecordingReader after = RecordingReader.open(to)) {
            assertThat(after.gaps()).isEqualTo(before.gaps()).hasSize(1);
            assertThat(after.end()).isEqualTo(before.end());
            assertThat(after.end().isTorn()).isTrue();
        }
    }

    @Test
    void whatWasChangedBehindTheSealIsSeen() throws Exception {
        pack(true);
        sql(to, "UPDATE mark SET digest = digest + 1");
        try (RecordingReader after = RecordingReader.open(to)) {
            assertThat(Seal.holds(after)).contains(false);
        }
    }

    @Test
    void aDamagedRecordingIsNotPackedAndNothingIsLeft() throws Exception {
        sql(from, "UPDATE chunk SET crc32c = crc32c + 1 WHERE id = 2");
        assertThatThrownBy(() -> pack(true)).hasMessageContaining("chunk 2").hasMessageContaining("damaged");
        assertThat(to).doesNotExist();
    }
}
