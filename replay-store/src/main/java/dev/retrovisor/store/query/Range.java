// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

/** The unsigned 64-bit numbers from {@code first} to {@code last}, both included. */
public record Range(long first, long last) {
    public static final Range ALL = new Range(0, -1);

    public Range {
        if (Long.compareUnsigned(first, last) > 0) {
            throw new IllegalArgumentException("the first number of a range, " + Long.toUnsignedString(first)
                    + ", is behind its last, " + Long.toUnsignedString(last));
        }
    }

    public boolean contains(long number) {
        return Long.compareUnsigned(first, number) <= 0 && Long.compareUnsigned(number, last) <= 0;
    }

    /** Whether a range has a number in common with it. */
    public boolean meets(Range other) {
        return Long.compareUnsigned(first, other.last) <= 0 && Long.compareUnsigned(other.first, last) <= 0;
    }
}
