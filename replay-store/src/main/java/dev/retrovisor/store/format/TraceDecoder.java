// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Takes event records, one after another, from log bytes that begin at the beginning of a record. */
public final class TraceDecoder {
    /** Bytes of a record without its data. */
    public static final int RECORD_BYTES = 48;

    /** No record has more data than this. */
    public static final int MOST_DATA = 4096;

    private static final int KIND = 32;
    private static final int WIDTH = 34;
    private static final int DATA_LENGTH = 36;

    private final ByteBuffer log;
    private long number;

    /** {@code firstNumber}: of the event that the bytes begin with. */
    public TraceDecoder(byte[] log, int length, long firstNumber) {
        this.log = ByteBuffer.wrap(log, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        this.number = firstNumber;
    }

    /** Bytes that were not taken yet. */
    public int left() {
        return log.remaining();
    }

    /** Bytes of the record that begins at {@code at}, with data and padding; 0 if not all of it is there. */
    public static int recordLength(byte[] log, int at, int end) throws MalformedLogException {
        return recordLength(ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN), at, end);
    }

    /** The same of a little-endian buffer. */
    static int recordLength(ByteBuffer log, int at, int end) throws MalformedLogException {
        if (end - at < RECORD_BYTES) {
            return 0;
        }
        int data = log.getInt(at + DATA_LENGTH);
        if (data < 0 || data > MOST_DATA) {
            throw new MalformedLogException(
                    at, "data length " + Integer.toUnsignedString(data) + " (expected: <= " + MOST_DATA + ")");
        }
        int length = RECORD_BYTES + ((data + 7) & ~7);
        return length <= end - at ? length : 0;
    }

    /** The next event; none where the bytes end, or where less than a record is left. */
    public Optional<TraceEvent> next() throws MalformedLogException {
        int at = log.position();
        int length = recordLength(log, at, log.limit());
        if (length == 0) {
            return Optional.empty();
        }
        byte[] data = new byte[log.getInt(at + DATA_LENGTH)];
        log.get(at + RECORD_BYTES, data);
        log.position(at + length);
        return Optional.of(new TraceEvent(
                number++,
                log.getLong(at),
                log.getLong(at + 8),
                log.getLong(at + 16),
                log.getLong(at + 24),
                log.getShort(at + KIND) & 0xffff,
                log.getShort(at + WIDTH) & 0xffff,
                data));
    }
}
