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
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints in a file: kept, checked, laid out for a replay, and never in its way. */
final class CheckpointsTest {
    private static final List<TraceEvent> EVENTS = Recordings.events(3000);
    private static final int[] AT = {700, 1500, 2900};
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void record() throws RecordingException {
        file = folder.resolve("a.retro");
        Recordings.withCheckpoints(file, EVENTS, AT);
    }

    private static void sql(Path file, String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Laid(ReplayImage.Place place, byte[] bytes) {
        String sum() {
            return HexFormat.of().formatHex(Checks.sha256().digest(bytes));
        }
    }

    private Laid laid(Path recording, long most) throws RecordingException, IOException {
        Path image = folder.resolve("image");
        try (RecordingReader reader = RecordingReader.open(recording)) {
            ReplayImage.Place place = ReplayImage.write(reader, Checkpoints.of(reader), most, image);
            return new Laid(place, Files.readAllBytes(image));
        } finally {
            Files.deleteIfExists(image);
        }
    }

    private static List<Checkpoint> states(Path recording) throws RecordingException {
        try (RecordingReader reader = RecordingReader.open(recording)) {
            return Checkpoints.of(reader).states();
        }
    }

    private static String complaint(Path recording) throws RecordingException {
        try (RecordingReader reader = RecordingReader.open(recording)) {
            return Checkpoints.of(reader).complaint().orElse("");
        }
    }

    /** What memory was at a state of an image, as the monitor finds it: its own places, and else those of later states. */
    private static Map<Integer, byte[]> memory(Laid laid, int state) {
        int base = (int) laid.place.address();
        ByteBuffer image = ByteBuffer.wrap(laid.bytes).order(ByteOrder.LITTLE_ENDIAN);
        int states = image.getInt(base + 128);
        int table = base + (int) image.getLong(base + 136);
        int pages = base + (int) image.getLong(base + 144);
        Map<Integer, byte[]> memory = new HashMap<>();
        for (int i = states - 1; i >= state; i--) {
            int places = base + (int) image.getLong(table + 64 * i + 32);
            for (int p = 0; p < image.getInt(table + 64 * i + 60); p++) {
                byte[] content = new byte[PAGE];
                image.get(pages + PAGE * image.getInt(places + 8 * p + 4), content);
                memory.put(image.getInt(places + 8 * p), content);
            }
        }
        memory.values().removeIf(content -> java.util.Arrays.equals(content, new byte[PAGE]));
        return memory;
    }

    /** What {@link Recordings} has put there. */
    private static Map<Integer, byte[]> expected(int state) {
        Map<Integer, byte[]> memory =
                new HashMap<>(Map.of(3, Recordings.page(1), 7, Recordings.page(2), 9, Recordings.page(1)));
        for (int i = 0; i < state; i++) {
            memory.put(3, Recordings.page(10 + i));
            memory.put(5 + i, Recordings.page(20));
            memory.put(30, Recordings.page(30 + i));
        }
        if (state == AT.length) {
            memory.remove(30);
        }
        return memory;
    }

    private static void assertMemory(Laid laid, int at, int state) {
        Map<Integer, byte[]> found = memory(laid, at);
        assertThat(found.keySet()).isEqualTo(expected(state).keySet());
        expected(state).forEach((frame, content) -> assertThat(found.get(frame))
                .as("frame %d at state %d", frame, state)
                .isEqualTo(content));
    }

    @Test
    void whatWasWrittenIsReadAndLaidOut() throws Exception {
        List<Checkpoint> states = states(file);
        assertThat(states).hasSize(AT.length);
        for (int i = 0; i < AT.length; i++) {
            Checkpoint wanted = Recordings.checkpoint(EVENTS, AT[i]);
            assertThat(states.get(i)).usingRecursiveComparison().isEqualTo(wanted);
        }
        Laid laid = laid(file, Long.MAX_VALUE);
        assertThat(laid.place.checkpoints())
                .containsExactlyElementsOf(
                        states.stream().map(Checkpoint::instant).toList());
        assertThat(laid.place.complaints()).isEmpty();
        for (int state = 0; state <= AT.length; state++) {
            assertMemory(laid, state, state);
        }
    }

    @Test
    void theImagesEntriesSayWhereTheLogGoesOn() throws Exception {
        Laid laid = laid(file, Long.MAX_VALUE);
        int base = (int) laid.place.address();
        ByteBuffer image = ByteBuffer.wrap(laid.bytes).order(ByteOrder.LITTLE_ENDIAN);
        int table = base + (int) image.getLong(base + 136);
        for (int i = 0; i < AT.length; i++) {
            int entry = table + 64 * (i + 1);
            Checkpoint wanted = Recordings.checkpoint(EVENTS, AT[i]);
            assertThat(image.getLong(entry)).isEqualTo(wanted.instant());
            assertThat(image.getLong(entry + 8)).isEqualTo(AT[i]);
            int record = base + PAGE + (int) image.getLong(entry + 16);
            assertThat(image.getLong(record)).isEqualTo(EVENTS.get(AT[i]).instant());
            assertThat(image.getLong(record + 8)).isEqualTo(EVENTS.get(AT[i]).rip());
            byte[] cpu = new byte[wanted.cpu().length];
            image.get(base + (int) image.getLong(entry + 24), cpu);
            assertThat(cpu).isEqualTo(wanted.cpu());
        }
    }

    @Test
    void aPageThatIsTheSameIsKeptOnce() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*), count(DISTINCT page) FROM checkpoint_page"
                        + " UNION ALL SELECT count(*), count(DISTINCT sha256) FROM page")) {
            row.next();
            // Frame 20 has always been zeros, so it is not there.
            assertThat(row.getInt(1)).isEqualTo(9);
            assertThat(row.getInt(2)).isEqualTo(3 + 1 + 3);
            row.next();
            assertThat(row.getInt(1)).isEqualTo(row.getInt(2)).isEqualTo(2 + 7);
        }
    }

    @Test
    void whatDoesNotFitIsLeftOutFromTheMiddle() throws Exception {
        Laid all = laid(file, Long.MAX_VALUE);
        long most = all.place.end() + all.place.address() + PAGE * (all.place.keptPages() - 1);
        Laid fewer = laid(file, most - (all.place.end() & (PAGE - 1)));
        assertThat(fewer.place.keptPages()).isLessThan(all.place.keptPages());
        assertThat(fewer.place.checkpoints())
                .hasSizeBetween(1, AT.length - 1)
                .last()
                .isEqualTo(EVENTS.get(AT[2]).instant());
        assertThat(fewer.place.complaints()).hasSize(1).first().asString().contains("of 3 checkpoints do not fit");
        List<Long> instants = states(file).stream().map(Checkpoint::instant).toList();
        assertMemory(fewer, 0, 0);
        for (int i = 0; i < fewer.place.checkpoints().size(); i++) {
            assertMemory(
                    fewer, i + 1, 1 + instants.indexOf(fewer.place.checkpoints().get(i)));
        }
    }

    @Test
    void whereNoneFitsTheReplayBeginsAtTheBase() throws Exception {
        Path plain = folder.resolve("plain.retro");
        Recordings.whole(plain, EVENTS);
        Laid none = laid(file, 0);
        assertThat(none.place.checkpoints()).isEmpty();
        assertThat(none.place.complaints())
                .containsExactly("its checkpoints do not fit into the replay's memory and are left out");
        assertThat(none.sum()).isEqualTo(laid(plain, Long.MAX_VALUE).sum());
    }

    @Test
    void writtenOnceMoreTheFileStaysWhatItIs() throws Exception {
        byte[] before = Files.readAllBytes(file);
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            for (int i = 0; i < 2; i++) {
                writer.begin(i + 1, Recordings.checkpoint(EVENTS, AT[i]));
                writer.page(3, Recordings.page(10 + i));
                writer.page(5 + i, Recordings.page(20));
                writer.page(7, Recordings.page(2 + 18 * i * (i - 1)));
                writer.page(30, Recordings.page(30 + i));
                writer.end();
            }
        }
        assertThat(states(file)).hasSize(AT.length);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void anotherOneTakesThePlaceOfThoseFromThereOn() throws Exception {
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            writer.begin(2, Recordings.checkpoint(EVENTS, 1600));
            writer.page(3, Recordings.page(99));
            writer.end();
        }
        assertThat(states(file))
                .hasSize(2)
                .last()
                .usingRecursiveComparison()
                .isEqualTo(Recordings.checkpoint(EVENTS, 1600));
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            writer.removeFrom(1);
        }
        assertThat(states(file)).isEmpty();
        Path plain = folder.resolve("plain.retro");
        Recordings.whole(plain, EVENTS);
        assertThat(laid(file, Long.MAX_VALUE).sum())
                .isEqualTo(laid(plain, Long.MAX_VALUE).sum());
    }

    @Test
    void oneThatHasNotEndedIsNotThere() throws Exception {
        byte[] before = Files.readAllBytes(file);
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            writer.begin(2, Recordings.checkpoint(EVENTS, 1600));
            writer.page(3, Recordings.page(99));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            assertThatThrownBy(() -> writer.begin(9, Recordings.checkpoint(EVENTS, 2950)))
                    .hasMessageContaining("has no checkpoint 8");
        }
    }

    // ---- files that stay as they are ----

    @Test
    void sealedOldForeignAndMissingFilesAreNotWrittenTo() throws Exception {
        Path sealed = folder.resolve("sealed.retro");
        try (RecordingReader reader = RecordingReader.open(file)) {
            Packer.pack(reader, sealed, true, position -> {});
        }
        assertThat(CheckpointWriter.open(sealed)).isEmpty();
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("r--r--r--"));
        assertThat(CheckpointWriter.open(file)).isEmpty();
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(CheckpointWriter.open(file)).hasValueSatisfying(CheckpointWriter::close);
        sql(file, "PRAGMA user_version = 2");
        assertThat(CheckpointWriter.open(file)).isEmpty();
        Path text = Files.writeString(folder.resolve("text"), "no recording at all".repeat(100));
        assertThat(CheckpointWriter.open(text)).isEmpty();
        assertThat(CheckpointWriter.open(folder.resolve("none"))).isEmpty();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void oneThatIsBeingRecordedIsNotWrittenToAndOneThatWasBrokenOffIs() throws Exception {
        Path live = folder.resolve("live.retro");
        try (RecordingWriter writer = Recordings.begin(live)) {
            Recordings.append(writer, EVENTS.subList(0, 100), 64);
            writer.commit();
            assertThat(CheckpointWriter.open(live)).isEmpty();
            Recordings.append(writer, EVENTS.subList(100, 200), 64);
            writer.commit();
            assertThat(CheckpointWriter.open(live)).isEmpty();
        }
        try (CheckpointWriter writer = CheckpointWriter.open(live).orElseThrow()) {
            writer.begin(1, Recordings.checkpoint(EVENTS, 150));
            writer.end();
        }
        assertThat(states(live)).hasSize(1);
        try (RecordingReader reader = RecordingReader.open(live)) {
            assertThat(reader.events()).isEqualTo(200);
        }
    }

    @Test
    void theSealCoversThem() throws Exception {
        Path sealed = folder.resolve("sealed.retro");
        try (RecordingReader reader = RecordingReader.open(file)) {
            Packer.pack(reader, sealed, true, position -> {});
        }
        assertThat(states(sealed)).usingRecursiveComparison().isEqualTo(states(file));
        assertThat(laid(sealed, Long.MAX_VALUE).sum())
                .isEqualTo(laid(file, Long.MAX_VALUE).sum());
        for (String change : List.of(
                "DELETE FROM checkpoint WHERE id = 3",
                "UPDATE checkpoint SET events = events + 1 WHERE id = 2",
                "UPDATE checkpoint_page SET page = 1 WHERE checkpoint = 1 AND frame = 3")) {
            Path copy = Files.copy(sealed, folder.resolve("changed.retro"));
            sql(copy, change);
            try (RecordingReader reader = RecordingReader.open(copy)) {
                assertThat(Seal.holds(reader)).as(change).contains(false);
            }
            Files.delete(copy);
        }
    }

    // ---- damage ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE checkpoint SET instant = instant + 1 WHERE id = 2",
                "UPDATE checkpoint SET instant = 5 WHERE id = 2",
                "UPDATE checkpoint SET position = position + 48 WHERE id = 2",
                "UPDATE checkpoint SET events = events + 1 WHERE id = 2",
                "UPDATE checkpoint SET inject = '[1, 0, 0, 0, 0]' WHERE id = 2",
                "UPDATE checkpoint SET inject = 'x' WHERE id = 2",
                "UPDATE checkpoint SET cpu = zeroblob(1344) WHERE id = 2",
                "UPDATE checkpoint SET cpu = x'00' WHERE id = 2",
                "UPDATE checkpoint SET sha256 = zeroblob(32) WHERE id = 2",
                "DELETE FROM checkpoint WHERE id = 2",
                "DELETE FROM checkpoint_page WHERE checkpoint = 2 AND frame = 3",
                "UPDATE checkpoint_page SET frame = 4 WHERE checkpoint = 2 AND frame = 3",
                "UPDATE checkpoint_page SET frame = 1000000 WHERE checkpoint = 2 AND frame = 3",
                "UPDATE checkpoint_page SET page = 1 WHERE checkpoint = 2 AND frame = 3",
                "UPDATE checkpoint_page SET page = 77777 WHERE checkpoint = 2 AND frame = 3",
                "UPDATE page SET content = x'00' WHERE id ="
                        + " (SELECT page FROM checkpoint_page WHERE checkpoint = 2 AND frame = 3)",
                "UPDATE page SET sha256 = zeroblob(32) WHERE id ="
                        + " (SELECT page FROM checkpoint_page WHERE checkpoint = 2 AND frame = 3)",
            })
    void aDamagedOneIsLeftOutWithThoseBehindItAndSaid(String damage) throws Exception {
        long second = EVENTS.get(AT[1]).instant();
        sql(file, damage);
        assertThat(states(file)).hasSize(1);
        assertThat(complaint(file)).contains("checkpoint at @").contains("not used");
        if (!damage.contains("instant") && !damage.startsWith("DELETE FROM checkpoint W")) {
            assertThat(complaint(file)).contains("@" + second);
        }
        Laid laid = laid(file, Long.MAX_VALUE);
        assertThat(laid.place.complaints()).hasSize(1);
        assertMemory(laid, 0, 0);
        assertMemory(laid, 1, 1);
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            writer.removeFrom(2);
        }
        assertThat(complaint(file)).isEmpty();
    }

    /** The images of the recording with none of its checkpoints, with one, and so on. */
    private Set<String> goodImages() throws Exception {
        Set<String> good = new HashSet<>();
        Path fewer = folder.resolve("fewer.retro");
        for (int left = 0; left <= AT.length; left++) {
            Files.copy(file, fewer);
            sql(fewer, "DELETE FROM checkpoint WHERE id > " + left);
            good.add(laid(fewer, Long.MAX_VALUE).sum());
            Files.delete(fewer);
        }
        assertThat(good).hasSize(AT.length + 1);
        return good;
    }

    /** What came of it: "" if it was reported. */
    private String outcome(byte[] damaged) throws IOException {
        Path bad = folder.resolve("bad.retro");
        Files.write(bad, damaged, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            return laid(bad, Long.MAX_VALUE).sum();
        } catch (RecordingException e) {
            assertThat(e.getMessage()).startsWith(bad + ": ");
            return "";
        } finally {
            Files.deleteIfExists(Path.of(bad + "-wal"));
            Files.deleteIfExists(Path.of(bad + "-shm"));
        }
    }

    @Test
    void flippedBitsCostCheckpointsOrAreHarmlessOrReported() throws Exception {
        Set<String> good = goodImages();
        byte[] whole = Files.readAllBytes(file);
        String wanted = outcome(whole);
        Random random = new Random(7);
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            byte[] bad = whole.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            String outcome = outcome(bad);
            assertThat(outcome.isEmpty() || good.contains(outcome))
                    .as("flip %d", i)
                    .isTrue();
            outcomes.add(outcome);
        }
        assertThat(outcomes).contains("", wanted);
        assertThat(new HashSet<>(outcomes)).hasSizeGreaterThan(3);
    }

    @Test
    void truncationsCostCheckpointsOrAreReported() throws Exception {
        Set<String> good = goodImages();
        byte[] whole = Files.readAllBytes(file);
        int reported = 0;
        for (int length = 0; length < whole.length; length += 509) {
            String outcome = outcome(java.util.Arrays.copyOf(whole, length));
            assertThat(outcome.isEmpty() || good.contains(outcome))
                    .as("length %d", length)
                    .isTrue();
            reported += outcome.isEmpty() ? 1 : 0;
        }
        assertThat(reported).isGreaterThan(100);
    }

    // ---- where they belong ----

    @Test
    void aPlanEndsAtTheEndAndItsPartsCostTheSame() throws Exception {
        Path idle = folder.resolve("idle.retro");
        List<TraceEvent> events = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) { // the second half has the events
            events.add(new TraceEvent(i, 2_000_000_000L + i * 10_000L, 1, 2, 3, 1, 4, new byte[0]));
        }
        try (RecordingWriter writer = Recordings.begin(idle)) {
            Recordings.append(writer, events, 4096);
            writer.reached(writer.wanted(), 2_500_000_000L);
            writer.finish();
        }
        try (RecordingReader reader = RecordingReader.open(idle)) {
            List<Long> plan = CheckpointPlan.of(reader);
            assertThat(plan).isSorted().hasSizeBetween(8, 24).last().isEqualTo(2_500_000_000L);
            long early = plan.stream().filter(place -> place < 2_000_000_000L).count();
            assertThat(early).isBetween(plan.size() / 2L, plan.size() - 5L);
            assertThat(CheckpointPlan.of(reader, 500_000_000L)).hasSize(4);
            assertThat(CheckpointPlan.of(reader, 1)).hasSizeBetween(100, 200);
        }
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(CheckpointPlan.of(reader)).isEmpty();
        }
    }
}
