// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import java.util.Arrays;
import java.util.Optional;

/**
 * Memory that is read on, piece by piece, as a dump is: the next piece is asked for before the debugger does. It is for the
 * request that goes on where the last one ended, soon, and for no other: a device may write there at any time.
 */
public final class ReadAhead {
    /** Shorter reads are no dump. */
    static final int LEAST = 1024;

    /** Of a piece, in bytes: what the monitor's reply holds, whatever is in it. */
    static final int PIECE = 0x3f00;

    /** How long a piece is good for, in nanoseconds. */
    static final long GOOD_FOR = 500_000_000;

    private static final int IN_A_ROW = 2;

    private long next;
    private int row;
    private long start;
    private byte[] piece = {};
    private long since;

    /** A read was answered; {@code request} is what it asked for. */
    public void note(MemoryRequest request) {
        row = request.length() >= LEAST && request.address() == next ? row + 1 : 0;
        next = request.address() + request.length();
    }

    /** What to read now, if a dump is going on and less than a piece is at hand. */
    public Optional<MemoryRequest> wanted() {
        long known = start + piece.length;
        boolean isAtHand = piece.length > 0 && next >= start && next < known;
        if (row < IN_A_ROW || (isAtHand && known - next >= PIECE)) {
            return Optional.empty();
        }
        return Optional.of(new MemoryRequest(isAtHand ? known : next, PIECE, true));
    }

    /** The monitor's answer to what was wanted. */
    public void learn(MemoryRequest request, byte[] memory, long at) {
        int kept = request.address() == start + piece.length && next >= start
                ? (int) Math.max(0, start + piece.length - next)
                : 0;
        byte[] joined =
                Arrays.copyOf(Arrays.copyOfRange(piece, piece.length - kept, piece.length), kept + memory.length);
        System.arraycopy(memory, 0, joined, kept, memory.length);
        start = request.address() - kept;
        piece = joined;
        since = at;
    }

    /** All of what is asked for, if it is at hand and goes on where the last read ended. */
    public Optional<byte[]> get(MemoryRequest request, long at) {
        long offset = request.address() - start;
        boolean isNext = request.address() == next && request.length() >= LEAST && at - since < GOOD_FOR;
        if (!isNext || offset < 0 || offset + request.length() > piece.length) {
            return Optional.empty();
        }
        return Optional.of(Arrays.copyOfRange(piece, (int) offset, (int) offset + request.length()));
    }

    /** Memory may be different now. */
    public void forget() {
        piece = new byte[0];
        row = 0;
    }
}
