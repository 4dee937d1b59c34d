// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.TraceEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an event of kind 16 says (docs/spec/trace-format.md): what a device has written into a page. */
public final class DmaChange {
    private static final long KNOWN = 1L << 16;

    /** Bytes that changed, at a guest-physical address. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Written(long address, byte[] bytes) {}

    private DmaChange() {}

    /** The stretches that changed; a malformed rest is left out. */
    public static List<Written> written(TraceEvent event) {
        ByteBuffer data = ByteBuffer.wrap(event.data()).order(ByteOrder.LITTLE_ENDIAN);
        List<Written> written = new ArrayList<>();
        while (data.remaining() >= 4) {
            int offset = data.getShort() & 0xffff;
            int length = data.getShort() & 0xffff;
            if (length > data.remaining()) {
                break;
            }
            int at = data.position();
            written.add(new Written(event.address() + offset, Arrays.copyOfRange(event.data(), at, at + length)));
            data.position(at + length);
        }
        return written;
    }

    /** How many bytes changed. */
    public static int bytes(TraceEvent event) {
        return written(event).stream().mapToInt(piece -> piece.bytes.length).sum();
    }

    /** The device, as {@code 00:03.0 8086:100e}, if it is known. */
    public static Optional<String> device(TraceEvent event) {
        long value = event.value();
        if ((value & KNOWN) == 0) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%02x:%02x.%x %04x:%04x",
                (value >> 8) & 0xff,
                (value >> 3) & 0x1f,
                value & 7,
                (value >>> 32) & 0xffff,
                value >>> 48));
    }
}
