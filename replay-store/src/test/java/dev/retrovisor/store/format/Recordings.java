// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Recordings for tests. */
public final class Recordings {
    static final Machine MACHINE = new Machine(List.of(
            "monitor 0.1.0",
            "trace-format 1",
            "cpu-state 1 540",
            "ram-end 100000",
            "hidden f0000 100000",
            "hidden-page febf1000",
            "cpuid 1 0 600 800 2 3"));

    private Recordings() {}

    static byte[] cpu() {
        byte[] cpu = new byte[1344];
        new Random(5).nextBytes(cpu);
        return cpu;
    }

    static byte[] page(int seed) {
        byte[] page = new byte[4096];
        new Random(seed).nextBytes(page);
        return page;
    }

    static Base base() {
        return new Base(100, 4800, List.of(1L, 0L, 33L, 0L, 0L), cpu());
    }

    /** A record as the monitor has it. */
    static byte[] record(TraceEvent event) {
        int length = TraceDecoder.RECORD_BYTES + ((event.data().length + 7) & ~7);
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(event.instant())
                .putLong(event.rip())
                .putLong(event.address())
                .putLong(event.value())
                .putShort((short) event.kind())
                .putShort((short) event.width())
                .putInt(event.data().length)
                .putInt(0)
                .putInt(0)
                .put(event.data())
                .array();
    }

    /** Events of all kinds, one of them unknown, some with data. */
    public static List<TraceEvent> events(int count) {
        Random random = new Random(count);
        List<TraceEvent> events = new ArrayList<>();
        long instant = 100;
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(100) : 0];
            random.nextBytes(data);
            instant += random.nextInt(3);
            events.add(new TraceEvent(
                    i,
                    instant,
                    0x100000 + random.nextInt(16),
                    random.nextInt(8),
                    random.nextLong(),
                    i % 17 + 1,
                    4,
                    data));
        }
        return events;
    }

    /** Of a kind that this program has no name for. */
    public static final int UNKNOWN_KIND = 18;

    /** The same events, those of the last kind being of one that is not known. */
    public static List<TraceEvent> withUnknownKinds(List<TraceEvent> events) {
        return events.stream()
                .map(e -> e.kind() != UNKNOWN_KIND - 1
                        ? e
                        : new TraceEvent(
                                e.number(),
                                e.instant(),
                                e.rip(),
                                e.address(),
                                e.value(),
                                UNKNOWN_KIND,
                                e.width(),
                                e.data()))
                .toList();
    }

    /** Writes and closes one with two pages and these events, in pieces that end anywhere. */
    public static RecordingWriter begin(Path file) throws RecordingException {
        RecordingWriter writer = RecordingWriter.create(file);
        fill(writer);
        return writer;
    }

    /** The machine and its base. */
    static void fill(RecordingWriter writer) throws RecordingException {
        writer.describe("made", "2026-01-01T00:00:00Z");
        writer.begin(MACHINE, base());
        writer.page(3, page(1));
        writer.page(7, page(2));
        writer.page(9, page(1));
        writer.endPages();
    }

    /** Appends events in pieces of {@code piece} bytes; the instant behind the last. */
    static long append(RecordingWriter writer, List<TraceEvent> events, int piece) throws RecordingException {
        long last = 100;
        for (TraceEvent event : events) {
            byte[] record = record(event);
            for (int at = 0; at < record.length; at += piece) {
                writer.append(writer.wanted(), record, at, Math.min(piece, record.length - at));
            }
            last = event.instant() + 1;
        }
        return last;
    }

    /** The checkpoint before event {@code event} of those that {@link #append} has written. */
    static Checkpoint checkpoint(List<TraceEvent> events, int event) {
        long position = base().position();
        for (TraceEvent before : events.subList(0, event)) {
            position += record(before).length;
        }
        byte[] cpu = new byte[cpu().length];
        new Random(event).nextBytes(cpu);
        return new Checkpoint(events.get(event).instant(), position, event, List.of(0L, 0L, 0L, 0L, 0L), cpu);
    }

    /** As {@link #whole}, with checkpoints before the events that are named; each has changed three pages, the last one to zeros. */
    static void withCheckpoints(Path file, List<TraceEvent> events, int... at) throws RecordingException {
        whole(file, events);
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            for (int i = 0; i < at.length; i++) {
                writer.begin(i + 1, checkpoint(events, at[i]));
                writer.page(3, page(10 + i));
                writer.page(5 + i, page(20));
                writer.page(20, new byte[4096]);
                writer.page(30, i == at.length - 1 ? new byte[4096] : page(30 + i));
                writer.end();
            }
        }
    }

    public static void whole(Path file, List<TraceEvent> events) throws RecordingException {
        try (RecordingWriter writer = begin(file)) {
            long last = append(writer, events, 31);
            writer.reached(writer.wanted(), last);
            writer.mark(new Mark(last, 0x100000, 0xcafe));
            writer.finish();
        }
    }
}
