// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The registers of {@code g} and two lines of memory at the stack pointer, as the monitor has told them by their changes
 * (docs/spec/rsp-extensions.md, Pictures). Both sides begin with zeros.
 */
public final class Picture {
    private static final int MOST = 0x600;
    private static final int SKIP_ON = 255;
    private static final int WORD = 8;
    private static final int RBP_OFFSET = 6 * WORD;
    private static final int RSP_OFFSET = 7 * WORD;
    private static final int RIP_OFFSET = 16 * WORD;
    private static final int LINES = 2;
    private static final int LINES_LENGTH = LINES * (MemoryLines.LINE + 1);

    private final byte[] bytes = new byte[MOST];
    private int registersLength;

    /** How many hexadecimal digits {@code g} has; without that the lines are not found. */
    public void describe(int generalDigits) {
        registersLength = generalDigits / 2;
    }

    /** Applies a reply that begins with {@code =}. False if it is damaged, which a checksum should have shown. */
    public boolean apply(Bytes reply) {
        int at = 0;
        int next = 1;
        while (next < reply.length()) {
            int skip = reply.at(next++);
            at += skip;
            if (skip == SKIP_ON) {
                continue;
            }
            int count = next < reply.length() ? reply.at(next++) : 0;
            if (at + count > MOST || next + count > reply.length()) {
                return false;
            }
            System.arraycopy(reply.toArray(), next, bytes, at, count);
            at += count;
            next += count;
        }
        return true;
    }

    /** The stop reply that a step brings. */
    public Bytes stopReply() {
        return Bytes.ascii(
                "T0510:" + hex(RIP_OFFSET) + ";07:" + hex(RSP_OFFSET) + ";06:" + hex(RBP_OFFSET) + ";thread:01;");
    }

    private String hex(int offset) {
        return HexFormat.of().formatHex(bytes, offset, offset + WORD);
    }

    /** The answer to {@code g}, if it is known where that ends. */
    public Optional<Bytes> general() {
        boolean isKnown = registersLength > 0 && registersLength + LINES_LENGTH <= MOST;
        return isKnown
                ? Optional.of(Bytes.ascii(HexFormat.of().formatHex(bytes, 0, registersLength)))
                : Optional.empty();
    }

    /** Puts the lines that could be read into {@code lines}. */
    public void fill(MemoryLines lines, long stackPointer) {
        for (int i = 0; i < LINES && general().isPresent(); i++) {
            int at = registersLength + i * (MemoryLines.LINE + 1);
            if (bytes[at] == 1) {
                long address = (stackPointer & -MemoryLines.LINE) + (long) i * MemoryLines.LINE;
                lines.put(address, Arrays.copyOfRange(bytes, at + 1, at + 1 + MemoryLines.LINE));
            }
        }
    }
}
