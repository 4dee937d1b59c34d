// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What many threads lay out is the log in its order, and the image is the one it was (its SHA-256; since version 2 of the image). */
final class LogLayoutTest {
    private static final int PAGE = 4096;
    private static final List<TraceEvent> EVENTS = Recordings.events(60_000);

    @TempDir
    Path folder;

    private byte[] image(Path file) throws RecordingException, IOException {
        Path image = folder.resolve("image");
        try (RecordingReader reader = RecordingReader.open(file)) {
            ReplayImage.write(reader, image);
            return Files.readAllBytes(image);
        } finally {
            Files.deleteIfExists(image);
        }
    }

    /** {@code log}: the events that belong to the replay. */
    private void assertImage(Path file, List<TraceEvent> log, String sha256) throws RecordingException, IOException {
        byte[] image = image(file);
        int at = (int) ((Recordings.MACHINE.number("ram-end", 0) + (2 << 20) - 1) & -(2 << 20)) + PAGE;
        for (TraceEvent event : log) {
            byte[] record = Recordings.record(event);
            assertThat(java.util.Arrays.equals(image, at, at + record.length, record, 0, record.length))
                    .as("%s at byte %d", event, at)
                    .isTrue();
            at += record.length;
        }
        byte[] cpu = Recordings.cpu();
        assertThat(java.util.Arrays.copyOfRange(image, at, at + cpu.length)).isEqualTo(cpu);
        assertThat(HexFormat.of().formatHex(Checks.sha256().digest(image))).isEqualTo(sha256);
    }

    private Path written(List<TraceEvent> events, boolean isTorn, long end) throws RecordingException {
        Path file = folder.resolve("a.retro");
        try (RecordingWriter writer = Recordings.begin(file)) {
            Recordings.append(writer, events, 4096);
            if (!isTorn) {
                writer.reached(writer.wanted(), end);
            }
            writer.finish();
        }
        return file;
    }

    private static List<TraceEvent> before(long instant) {
        return EVENTS.stream().filter(event -> event.instant() < instant).toList();
    }

    private static long last() {
        return EVENTS.get(EVENTS.size() - 1).instant();
    }

    @Test
    void aWholeLogOfManyChunks() throws Exception {
        Path file = written(EVENTS, false, last() + 1);
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.pieces()).hasSizeGreaterThan(10);
        }
        assertImage(file, EVENTS, "9bb1d3c1747af634752521fcbbfa73aa4891b2397f7eb4f91944f59c08861b21");
    }

    @Test
    void aTornOneEndsBeforeItsLastInstant() throws Exception {
        assertImage(
                written(EVENTS, true, 0),
                before(last()),
                "ea480fb8446640bdd2026cb1633f9bf3adf93141b80c941ea2616c58898e0cfc");
    }

    @Test
    void nothingIsThereOfWhatStandsBehindTheEnd() throws Exception {
        long end = EVENTS.get(31_000).instant();
        assertImage(
                written(EVENTS, false, end),
                before(end),
                "5923de46539fa917f246007d3fe8794dc750e1a3d2c74b1f46d4f07dcaabc204");
    }

    @Test
    void nothingIsThereOfWhatStandsBehindTheEndEvenIfItSaysThatItWasEarlier() throws Exception {
        long end = EVENTS.get(31_000).instant();
        List<TraceEvent> events = new ArrayList<>(EVENTS.subList(0, 31_100));
        events.addAll(EVENTS.subList(0, 28_000));
        assertImage(
                written(events, false, end),
                before(end),
                "5923de46539fa917f246007d3fe8794dc750e1a3d2c74b1f46d4f07dcaabc204");
    }

    @Test
    void aGapEndsIt() throws Exception {
        Path file = folder.resolve("a.retro");
        try (RecordingWriter writer = Recordings.begin(file)) {
            Recordings.append(writer, EVENTS.subList(0, 30_000), 4096);
            byte[] later = Recordings.record(EVENTS.get(40_000));
            writer.append(writer.wanted() + 480, later, 0, later.length);
            writer.finish();
        }
        assertImage(
                file,
                before(EVENTS.get(29_999).instant()),
                "12fd19caa53850120f5b61a66deca79feec85a028656be854d38577a3674e9dd");
    }

    /** {@code log}: what stands in the file's chunk {@code id} now, with sums that hold. */
    private static void forge(Path file, int id, byte[] log) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                PreparedStatement old = connection.prepareStatement(
                        "SELECT position, bytes, first_event, events, first_instant, last_instant FROM chunk WHERE id = "
                                + id);
                PreparedStatement put =
                        connection.prepareStatement("UPDATE chunk SET crc32c = ?, log = ? WHERE id = " + id);
                var row = old.executeQuery()) {
            byte[] packed = Zstd.compress(log);
            row.next();
            put.setLong(
                    1,
                    Checks.crc32c(
                            packed,
                            packed.length,
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6)));
            put.setBytes(2, packed);
            put.execute();
        }
    }

    private static byte[] logOf(Path file, int index) throws RecordingException {
        List<byte[]> logs = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(file)) {
            reader.<RuntimeException>wholeLog((position, log) -> logs.add(log));
        }
        return logs.get(index);
    }

    @Test
    void theFirstChunkThatDoesNotHoldIsNamed() throws Exception {
        Path file = written(EVENTS, false, last() + 1);
        byte[] log = logOf(file, 4);
        forge(file, 5, java.util.Arrays.copyOf(log, log.length - 8));
        forge(file, 8, new byte[1]);
        assertThatThrownBy(() -> image(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("chunk 5 (@")
                .hasMessageContaining((log.length - 8) + " bytes of log (expected: " + log.length + ")");
    }

    @Test
    void aRecordThatIsNoneIsNamedByItsPlace() throws Exception {
        Path file = written(EVENTS, false, last() + 1);
        byte[] log = logOf(file, 1);
        log[36 + 3] = 1;
        forge(file, 2, log);
        assertThatThrownBy(() -> image(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("the log at byte " + logOf(file, 0).length)
                .hasMessageContaining("data length");
        log[36 + 3] = 0;
        byte[] cut = log.clone();
        TraceEvent longer = new TraceEvent(0, 100, 0, 0, 0, 1, 4, new byte[TraceDecoder.MOST_DATA]);
        System.arraycopy(Recordings.record(longer), 0, cut, lastRecord(log), TraceDecoder.RECORD_BYTES);
        forge(file, 2, cut);
        assertThatThrownBy(() -> image(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("a record that ends beyond its chunk");
    }

    private static int lastRecord(byte[] log) throws MalformedLogException {
        int last = 0;
        for (int at = 0, length; (length = TraceDecoder.recordLength(log, at, log.length)) > 0; at += length) {
            last = at;
        }
        return last;
    }
}
