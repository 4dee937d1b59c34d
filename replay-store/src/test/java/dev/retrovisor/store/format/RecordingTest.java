// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writer and reader, together and against damage. */
final class RecordingTest {
    @TempDir
    Path folder;

    private static List<TraceEvent> read(RecordingReader reader) throws RecordingException {
        List<TraceEvent> events = new ArrayList<>();
        reader.<RuntimeException>events(Long.MIN_VALUE, events::add);
        return events;
    }

    /** All that a replay needs, in a few words; what is wrong is an exception. */
    private String replayable(Path file) throws RecordingException, IOException {
        try (RecordingReader reader = RecordingReader.open(file)) {
            Path image = folder.resolve("image");
            try {
                ReplayImage.Place place = ReplayImage.write(reader, image);
                return place + HexFormat.of().formatHex(Checks.sha256().digest(Files.readAllBytes(image)));
            } finally {
                Files.deleteIfExists(image);
            }
        }
    }

    @Test
    void whatWasWrittenIsRead() throws RecordingException {
        Path file = folder.resolve("a.retro");
        List<TraceEvent> events = Recordings.events(20_000);
        Recordings.whole(file, events);
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(read(reader)).isEqualTo(events);
            assertThat(reader.machine()).isEqualTo(Recordings.MACHINE);
            assertThat(reader.base().cpu()).isEqualTo(Recordings.cpu());
            assertThat(reader.base().inject()).containsExactly(1L, 0L, 33L, 0L, 0L);
            assertThat(reader.end().isTorn()).isFalse();
            assertThat(reader.end().instant()).isEqualTo(events.get(19_999).instant() + 1);
            assertThat(reader.gaps()).isEmpty();
            assertThat(reader.integrity()).isEmpty();
            assertThat(reader.instantOf(1234)).isEqualTo(events.get(1234).instant());
            List<Long> frames = new ArrayList<>();
            reader.<RuntimeException>pages((frame, content) -> frames.add(frame));
            assertThat(frames).containsExactly(3L, 7L, 9L);
        }
        assertThat(folder.toFile().list()).containsExactly("a.retro");
    }

    @Test
    void theDecodedTableSaysWhatTheLogSays() throws Exception {
        Path file = folder.resolve("a.retro");
        List<TraceEvent> events = Recordings.events(500);
        Recordings.whole(file, events);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, instant, kind, address, width, value, data, rip FROM event ORDER BY id")) {
            for (TraceEvent event : events) {
                assertThat(row.next()).isTrue();
                assertThat(row.getLong("id")).isEqualTo(event.number());
                assertThat(row.getLong("instant")).isEqualTo(event.instant());
                assertThat(row.getString("kind")).isEqualTo(EventKind.name(event.kind()));
                assertThat(row.getLong("address")).isEqualTo(event.address());
                assertThat(row.getLong("value")).isEqualTo(event.value());
                assertThat(row.getLong("rip")).isEqualTo(event.rip());
                assertThat(row.getBytes("data")).isEqualTo(rowData(event.data()));
            }
            assertThat(row.next()).isFalse();
        }
        assertThat(EventKind.name(Recordings.UNKNOWN_KIND)).isEqualTo("kind 18");
    }

    private static byte[] rowData(byte[] data) {
        if (data.length == 0) {
            return null;
        }
        return data.length <= 32 ? data : new byte[0];
    }

    @Test
    void tornTailIsAShorterRecordingNotAnError() throws RecordingException, IOException {
        Path file = folder.resolve("a.retro");
        List<TraceEvent> events = Recordings.events(300);
        RecordingWriter writer = Recordings.begin(file);
        long seen = Recordings.append(writer, events.subList(0, 200), 64);
        writer.reached(writer.wanted(), seen);
        writer.commit();
        Recordings.append(writer, events.subList(200, 300), 64);
        byte[] half = Recordings.record(events.get(0));
        writer.append(writer.wanted(), half, 0, 20);
        writer.commit();
        writer.close();
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(read(reader)).isEqualTo(events);
            assertThat(reader.end().isTorn()).isTrue();
            assertThat(reader.end().instant()).isEqualTo(events.get(299).instant());
        }
        Path image = folder.resolve("image");
        try (RecordingReader reader = RecordingReader.open(file)) {
            ReplayImage.Place place = ReplayImage.write(reader, image);
            ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(image))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position((int) place.address());
            long kept = events.stream()
                    .filter(event -> event.instant() < events.get(299).instant())
                    .mapToLong(event -> Recordings.record(event).length)
                    .sum();
            assertThat(header.getLong((int) place.address() + 112)).isEqualTo(kept);
        }
    }

    @Test
    void whatIsNotCommittedIsGoneAndTheRestIsThere() throws RecordingException {
        Path file = folder.resolve("a.retro");
        List<TraceEvent> events = Recordings.events(100);
        RecordingWriter writer = Recordings.begin(file);
        Recordings.append(writer, events.subList(0, 50), 64);
        writer.commit();
        Recordings.append(writer, events.subList(50, 100), 64);
        writer.close();
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(read(reader)).isEqualTo(events.subList(0, 50));
        }
    }

    @Test
    void aGapIsSaidAndEndsTheReplay() throws RecordingException {
        Path file = folder.resolve("a.retro");
        List<TraceEvent> events = Recordings.events(60);
        try (RecordingWriter writer = Recordings.begin(file)) {
            Recordings.append(writer, events.subList(0, 30), 64);
            byte[] later = Recordings.record(events.get(40));
            writer.append(writer.wanted() + 480, later, 0, later.length);
            writer.reached(writer.wanted(), 9999);
            writer.finish();
        }
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.gaps()).hasSize(1);
            assertThat(reader.gaps().get(0).bytes()).isEqualTo(480);
            assertThat(reader.gaps().get(0).afterInstant())
                    .isEqualTo(events.get(29).instant());
            assertThat(reader.end().isTorn()).isTrue();
            assertThat(reader.end().instant()).isEqualTo(events.get(29).instant());
            assertThat(read(reader)).hasSize(31);
        }
    }

    @Test
    void anEndWithoutEventsIsKept() throws RecordingException {
        Path file = folder.resolve("a.retro");
        try (RecordingWriter writer = Recordings.begin(file)) {
            writer.reached(writer.wanted(), 123_456);
            writer.finish();
        }
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.end()).isEqualTo(new RecordingReader.End(123_456, 4800, false));
        }
    }

    @Test
    void recordingsAreNotOverwritten() throws RecordingException {
        Path file = folder.resolve("a.retro");
        Recordings.whole(file, Recordings.events(1));
        assertThatThrownBy(() -> RecordingWriter.create(file)).hasMessageContaining("is there already");
        assertThatThrownBy(() -> RecordingWriter.create(folder.resolve("none/a.retro")))
                .hasMessageContaining("no such folder");
    }

    @Test
    void otherFilesAreNamedAsWhatTheyAre() throws Exception {
        Path text =
                Files.writeString(folder.resolve("text"), "no recording at all, but longer than a header".repeat(9));
        assertThatThrownBy(() -> RecordingReader.open(text)).hasMessageContaining("is no recording");
        assertThatThrownBy(() -> RecordingReader.open(folder.resolve("none"))).hasMessageContaining("no such file");
        Path other = folder.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        assertThatThrownBy(() -> RecordingReader.open(other)).hasMessageContaining("application id 0");
        Path newer = folder.resolve("newer.retro");
        Recordings.whole(newer, Recordings.events(1));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + newer);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 4");
        }
        assertThatThrownBy(() -> RecordingReader.open(newer))
                .hasMessageContaining("format version 4 (expected: 1 to 3)");
    }

    @Test
    void flippedBitsAreHarmlessOrReported() throws RecordingException, IOException {
        Path file = folder.resolve("a.retro");
        Recordings.whole(file, Recordings.events(3000));
        byte[] good = Files.readAllBytes(file);
        String wanted = replayable(file);
        Random random = new Random(7);
        int reported = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            reported += harmlessOrReported(file, bad, wanted);
        }
        assertThat(reported).isGreaterThan(100);
    }

    @Test
    void truncationsAreHarmlessOrReported() throws RecordingException, IOException {
        Path file = folder.resolve("a.retro");
        Recordings.whole(file, Recordings.events(3000));
        byte[] good = Files.readAllBytes(file);
        String wanted = replayable(file);
        int reported = 0;
        for (int length = 0; length < good.length; length += 509) {
            byte[] bad = java.util.Arrays.copyOf(good, length);
            reported += harmlessOrReported(file, bad, wanted);
        }
        assertThat(reported).isGreaterThan(100);
    }

    /** 1 if it was reported. A replay of something else fails the test, and so does any other exception. */
    private int harmlessOrReported(Path file, byte[] damaged, String wanted) throws IOException {
        Files.write(file, damaged, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            assertThat(replayable(file)).isEqualTo(wanted);
            return 0;
        } catch (RecordingException e) {
            assertThat(e.getMessage()).startsWith(file + ": ");
            return 1;
        } finally {
            Files.deleteIfExists(Path.of(file + "-wal"));
            Files.deleteIfExists(Path.of(file + "-shm"));
        }
    }
}
