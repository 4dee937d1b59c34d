// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.bench;

import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.RecordingWriter;
import dev.retrovisor.store.format.ReplayImage;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Range;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * `./retrovisor bench store [EVENTS]`: writes a recording the way `record` does (log bytes in, a commit each 100 ms), beside a
 * plain file of the same bytes, and asks it questions. The log is what a driver of a network card on ports makes of messages of
 * text: an interrupt, status and length registers, the message by one string read, the time, the acknowledgement.
 */
public final class StoreBench {
    private static final String[] WORDS = ("the quick monitor records what enters the guest and replays it exactly so that a"
                    + " debugger can step backwards from the crash to the message that caused it")
            .split(" ");
    private static final int COMMIT_EVERY_MS = 100;
    private static final int PIECE = 64 << 10;
    private static final int MESSAGE_EVENTS = 24;
    private static final int TIMES = 20;

    private final Random random = new Random(1);
    private final ByteBuffer log = ByteBuffer.allocate(PIECE * 2).order(ByteOrder.LITTLE_ENDIAN);
    private long instant = 1;
    private long events;
    private long bytes;

    private StoreBench() {}

    public static void main(String[] arguments) throws RecordingException, IOException, SQLException {
        long wanted = arguments.length > 0 ? parse(arguments[0]) : 10_000_000;
        Path folder = Files.createTempDirectory("retro-bench-");
        try {
            new StoreBench().run(folder, wanted);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static long parse(String word) {
        if (!word.matches("[1-9][0-9]{2,9}")) {
            System.err.println("retrovisor: bench store: '" + word + "' is no number of events (expected: 100 to 9999999999)");
            System.exit(2);
        }
        return Long.parseLong(word);
    }

    private void run(Path folder, long wanted) throws RecordingException, IOException, SQLException {
        Path file = folder.resolve("bench.retro");
        Path plain = folder.resolve("plain.log");
        double writing = write(file, plain, wanted);
        double copying = writePlain(plain, Files.size(plain));
        say("%,d events, %,d bytes of log (%.1f an event); heap at most %d MiB of %d", events, bytes, (double) bytes / events,
                heapPeak() >> 20, Runtime.getRuntime().maxMemory() >> 20);
        say("ingest        %,12.0f events/s, with closing; %.3f of writing the plain log", events / writing,
                copying / writing);
        say("file          %,12d bytes, %.2f of the log", Files.size(file), (double) Files.size(file) / bytes);
        layOut(file);
        ask(file);
    }

    // ---- what a replay begins with ----

    /** As much as there is now: opened, checked, and laid out in a file for the replay's machine. */
    private void layOut(Path file) throws RecordingException, IOException {
        Path image = file.resolveSibling("image");
        long begin = System.nanoTime();
        double opening;
        try (RecordingReader reader = RecordingReader.open(file)) {
            opening = seconds(begin);
            begin = System.nanoTime();
            ReplayImage.write(reader, image);
        }
        double laying = seconds(begin);
        Files.delete(image);
        say("%,12d bytes of log: open %.1f ms, laid out for a replay in %.2f s, %.2f s a GB", bytes, opening * 1e3, laying,
                laying / bytes * 1e9);
    }

    // ---- writing ----

    private double write(Path file, Path plain, long wanted) throws RecordingException, IOException {
        double writing = 0;
        long committed = System.nanoTime();
        try (RecordingWriter writer = RecordingWriter.create(file);
                var raw = Files.newOutputStream(plain)) {
            writer.begin(new Machine(List.of("monitor 0.1.0", "trace-format 1", "cpu-state 1 540", "ram-end 100000")),
                    new Base(0, 0, List.of(0L, 0L, 0L, 0L, 0L), new byte[1344]));
            writer.endPages();
            long nextLook = Math.max(1, wanted / 4);
            while (events < wanted) {
                if (events >= nextLook) {
                    writer.reached(writer.wanted(), instant + 1);
                    writer.commit();
                    layOut(file);
                    nextLook *= 2;
                }
                log.clear();
                while (log.position() < PIECE) {
                    message();
                }
                raw.write(log.array(), 0, log.position());
                bytes += log.position();
                long begin = System.nanoTime();
                writer.append(writer.wanted(), log.array(), 0, log.position());
                if (begin - committed > COMMIT_EVERY_MS * 1_000_000L) {
                    writer.reached(writer.wanted(), instant);
                    writer.commit();
                    committed = System.nanoTime();
                }
                writing += seconds(begin);
            }
            long begin = System.nanoTime();
            writer.reached(writer.wanted(), instant);
            writer.finish();
            return writing + seconds(begin);
        }
    }

    private static double writePlain(Path plain, long size) throws IOException {
        byte[] content = new byte[PIECE];
        Path copy = plain.resolveSibling("copy.log");
        long begin = System.nanoTime();
        try (var out = java.nio.channels.FileChannel.open(
                copy, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            for (long at = 0; at < size; at += PIECE) {
                out.write(ByteBuffer.wrap(content, 0, (int) Math.min(PIECE, size - at)));
            }
            out.force(true);
        }
        return seconds(begin);
    }

    private void message() {
        byte[] text = text(60 + random.nextInt(140));
        event(EventKind.INTERRUPT, 0x2a, 0, 0, 0x100400 + random.nextInt(64) * 3L, new byte[0]);
        for (int i = 0; i < MESSAGE_EVENTS - 4; i++) {
            boolean read = i % 3 != 2;
            event(read ? EventKind.PORT_READ : EventKind.PORT_WRITE, 0x300 + i % 16, 1, random.nextInt(256),
                    0x101000 + i * 7L, new byte[0]);
        }
        event(EventKind.PORT_READ, 0x310, 2, 0, 0x102000, text);
        event(EventKind.TSC, 0, 8, instant * 3 + random.nextInt(1000), 0x103000, new byte[0]);
        event(EventKind.PORT_WRITE, 0x20, 1, 0x20, 0x104000, new byte[0]);
    }

    private byte[] text(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void event(EventKind kind, long address, int width, long value, long rip, byte[] data) {
        instant += 1 + random.nextInt(60);
        log.putLong(instant).putLong(rip).putLong(address).putLong(value);
        log.putShort((short) kind.number).putShort((short) width).putInt(data.length).putInt(0).putInt(0);
        log.put(data).put(new byte[-data.length & 7]);
        events++;
    }

    // ---- asking ----

    private void ask(Path file) throws RecordingException, SQLException {
        try (RecordingReader reader = time("open", 1, () -> RecordingReader.open(file))) {
            EventTable table = time("open as a table", 1, () -> new EventTable(reader));
            time("100 rows anywhere", TIMES, () -> table.rows((long) (random.nextDouble() * (events - 100)), 100));
            time("row of an instant", TIMES, () -> table.rowAt((long) (random.nextDouble() * instant)));
            long port = 0x310;
            time("first of a port", TIMES, () -> first(reader, table, EventFilter.ALL.withAddresses(new Range(port, port))));
            time("first of an RIP", TIMES, () -> first(reader, table, EventFilter.ALL.withRips(new Range(0x102000, 0x102000))));
            time("a second of all", TIMES, () -> {
                long from = (long) (random.nextDouble() * instant);
                return first(reader, table, EventFilter.ALL.withInstants(new Range(from, instant))
                        .withKinds(Set.of(EventKind.TSC.number)));
            });
            time("all of an RIP", 3, () -> all(reader, table, EventFilter.ALL.withRips(new Range(0x100400, 0x100400))));
            time("all of an RIP, from the rows", 3, () -> rows(reader, table, EventFilter.ALL.withRips(new Range(0x100400, 0x100400))));
            time("all of a kind, a second long", 3, () -> all(reader, table, EventFilter.ALL
                    .withKinds(Set.of(EventKind.TSC.number)).withInstants(new Range(instant / 2, instant / 2 + 1_000_000))));
            time("sql: a port's events counted", 3, () -> sql(reader, "SELECT sum(events) FROM site_count WHERE address = 784"));
            time("sql: kinds counted", 3, () -> sql(reader, "SELECT count(*) FROM (SELECT kind, sum(events) FROM site_count"
                    + " GROUP BY kind)"));
            time("sql: an RIP's events", 3, () -> sql(reader, "SELECT count(*) FROM event_at WHERE rip = 0x100400"));
            time("sql: ten of a place from somewhere on", TIMES, () -> sql(reader, "SELECT id FROM event WHERE address = 32"
                    + " AND id > " + (long) (random.nextDouble() * (events - 1000)) + " ORDER BY id LIMIT 10"));
            time("sql: last of a place before somewhere", TIMES, () -> sql(reader, "SELECT id FROM event WHERE address = 32"
                    + " AND id < " + (1000 + (long) (random.nextDouble() * (events - 1000))) + " ORDER BY id DESC LIMIT 1"));
            time("sql: a port's events, one by one (no index)", 1, () -> sql(reader, "SELECT count(*) FROM event"
                    + " WHERE address = 784"));
        }
    }

    private static long first(RecordingReader reader, EventTable table, EventFilter filter) throws RecordingException {
        long[] found = {-1};
        new EventSearch(reader, table, filter).forEach(event -> {
            found[0] = event.number();
            return false;
        });
        return found[0];
    }

    private static long all(RecordingReader reader, EventTable table, EventFilter filter) throws RecordingException {
        long[] found = {0};
        new EventSearch(reader, table, filter).forEach(event -> found[0]++ >= 0);
        return found[0];
    }

    private static long rows(RecordingReader reader, EventTable table, EventFilter filter) throws RecordingException {
        long[] found = {0};
        EventSearch search = new EventSearch(reader, table, filter);
        search.allowRows(1_000_000);
        search.forEach(event -> found[0]++ >= 0);
        return found[0];
    }

    private static long sql(RecordingReader reader, String question) throws SQLException {
        try (Statement statement = reader.connection().createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private interface Question<T> {
        T ask() throws RecordingException, SQLException;
    }

    /** Prints the mean of so many times, the first one apart. */
    private static <T> T time(String what, int times, Question<T> question) throws RecordingException, SQLException {
        long begin = System.nanoTime();
        T answer = question.ask();
        double firstTime = seconds(begin);
        begin = System.nanoTime();
        for (int i = 1; i < times; i++) {
            question.ask();
        }
        String then = times > 1 ? String.format(Locale.ROOT, ", then %,.1f", seconds(begin) / (times - 1) * 1e3) : "";
        say("%-40s %,10.1f ms%s", what, firstTime * 1e3, then);
        return answer;
    }

    // ---- all of it ----

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
