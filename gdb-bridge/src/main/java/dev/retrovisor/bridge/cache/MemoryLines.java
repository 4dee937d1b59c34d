// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Aligned lines of linear memory near the stack pointer and the instruction pointer. Memory elsewhere is not kept: a device may
 * write it while the guest is stopped, and somebody may be waiting for that.
 */
public final class MemoryLines {
    /** In bytes; also what gdb's own cache asks for. */
    public static final int LINE = 64;

    static final int MOST_LINES = 512;
    private static final long BELOW = 512;
    private static final long ABOVE = 4096;

    private final Map<Long, byte[]> lines = new LinkedHashMap<>();

    /** What is wanted of memory that lies between {@code pointer} - 512 and {@code pointer} + 4096 is worth keeping. */
    public static boolean isNear(MemoryRequest request, long pointer) {
        long offset = request.address() - pointer;
        return offset >= -BELOW && offset + request.length() <= ABOVE;
    }

    /** Keeps the whole lines in {@code memory}. */
    public void put(long address, byte[] memory) {
        int skipped = (int) (-address & (LINE - 1));
        for (int at = skipped; at + LINE <= memory.length; at += LINE) {
            if (lines.size() == MOST_LINES) {
                lines.clear();
            }
            lines.put(address + at, Arrays.copyOfRange(memory, at, at + LINE));
        }
    }

    /** All of what was asked for, or nothing. */
    public Optional<byte[]> get(MemoryRequest request) {
        byte[] memory = new byte[request.length()];
        int done = 0;
        while (done < memory.length) {
            long address = request.address() + done;
            byte[] line = lines.get(address & -LINE);
            if (line == null) {
                return Optional.empty();
            }
            int from = (int) (address & (LINE - 1));
            int count = Math.min(LINE - from, memory.length - done);
            System.arraycopy(line, from, memory, done, count);
            done += count;
        }
        return Optional.of(memory);
    }

    public void clear() {
        lines.clear();
    }
}
