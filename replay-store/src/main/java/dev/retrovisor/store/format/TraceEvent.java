// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.util.Arrays;
import java.util.Locale;

/**
 * One record of the log (docs/spec/trace-format.md). 64-bit numbers are unsigned.
 *
 * @param number counts the events of a recording from 0
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content
public record TraceEvent(
        long number, long instant, long rip, long address, long value, int kind, int width, byte[] data) {
    /** Equal but for {@link #number}. */
    public boolean isSameAs(TraceEvent other) {
        return instant == other.instant
                && rip == other.rip
                && address == other.address
                && value == other.value
                && kind == other.kind
                && width == other.width
                && Arrays.equals(data, other.data);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TraceEvent that && number == that.number && isSameAs(that);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number * 31 + instant);
    }

    /** One line for people: instant, kind, what, where from. */
    @Override
    public String toString() {
        String what =
                switch (kind) {
                    case 5, 10, 11 -> " = " + hex(value);
                    case 12 -> " vector " + hex(address);
                    case 13, 15 -> "";
                    default -> " " + hex(address) + "/" + width
                            + (data.length > 0 ? " " + data.length + " bytes" : " = " + hex(value));
                };
        return "@" + instant + "  " + EventKind.name(kind) + what + "  rip " + hex(rip);
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number).toLowerCase(Locale.ROOT);
    }
}
