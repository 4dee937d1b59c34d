// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording that says what is in it: event n is at instant 10 n. Each sixteenth one is an interrupt, each sixteenth (the third, ...) what a device wrote, the others port
 * reads and writes; for some time in the middle there are device accesses in place of ports.
 */
final class TestRecording {
    static final int STEP = 10;
    static final int VECTOR = 33;
    static final int PORT = 0x300;
    static final long DEVICE = 0xfebf0000L;
    static final long PAGE = 0x7000;

    private static final int RECORD_BYTES = 48;
    private static final long NE2000 = 0x8029_10ecL << 32 | 1L << 16 | 3 << 3;

    private TestRecording() {}

    static void write(Path file, int events) throws RecordingException {
        Recordings.registerDriver();
        try (RecordingWriter writer = RecordingWriter.create(file)) {
            writer.describe("guest", "/somewhere/kernel.elf");
            writer.begin(
                    new Machine(List.of("monitor 0.1.0")), new Base(0, 0, List.of(0L, 0L, 0L, 0L, 0L), new byte[1344]));
            writer.endPages();
            for (int number = 0; number < events; number++) {
                byte[] record = record(number, events);
                writer.append(writer.wanted(), record, 0, record.length);
            }
            writer.reached(writer.wanted(), (long) events * STEP);
            writer.finish();
        }
    }

    static EventKind kind(int number, int events) {
        if (number % 16 == 0) {
            return EventKind.INTERRUPT;
        }
        if (number % 16 == 3) {
            return EventKind.DMA;
        }
        boolean isMiddle = number > events / 3 && number < events / 2;
        boolean isRead = number % 2 == 0;
        return isMiddle
                ? (isRead ? EventKind.DEVICE_READ : EventKind.DEVICE_WRITE)
                : (isRead ? EventKind.PORT_READ : EventKind.PORT_WRITE);
    }

    private static byte[] record(int number, int events) {
        return switch (kind(number, events)) {
            case INTERRUPT -> record(number, VECTOR, 0, EventKind.INTERRUPT, 0, new byte[0]);
            case DMA -> record(number, PAGE, NE2000, EventKind.DMA, 0, dma("packet " + number));
            case DEVICE_READ, DEVICE_WRITE -> record(
                    number, DEVICE + number % 64, number, kind(number, events), 4, new byte[0]);
            default -> record(number, PORT + number % 32, number & 0xff, kind(number, events), 1, new byte[0]);
        };
    }

    private static byte[] dma(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(4 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0x20)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] record(int number, long address, long value, EventKind kind, int width, byte[] data) {
        return ByteBuffer.allocate(RECORD_BYTES + ((data.length + 7) & ~7))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong((long) number * STEP)
                .putLong(0x100000 + number % 256)
                .putLong(address)
                .putLong(value)
                .putShort((short) kind.number)
                .putShort((short) width)
                .putInt(data.length)
                .putInt(0)
                .putInt(0)
                .put(data)
                .array();
    }
}
