// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The registers of {@code g} and lines of memory near the stack pointer and the instruction pointer, as the monitor has told them by their changes
 * (docs/spec/rsp-extensions.md, Pictures). Both sides begin with zeros.
 */
public final class Picture {
    /** Where the lines begin, the registers end before. */
    private static final int LINES_AT = 0x400;

    /** The sum of what is said of the thread. */
    private static final int THREAD_SUM_AT = 0x3fc;

    private static final int LINES = 16;
    private static final int LINE_HEADER = 1 + Long.BYTES;
    private static final int LINE_LENGTH = LINE_HEADER + MemoryLines.LINE;
    private static final int MOST = LINES_AT + LINES * LINE_LENGTH;
    private static final int READ = 1;
    private static final int SKIP_ON = 255;
    private static final int WORD = 8;
    private static final int RBP_OFFSET = 6 * WORD;
    private static final int RSP_OFFSET = 7 * WORD;
    private static final int RIP_OFFSET = 16 * WORD;

    private final byte[] bytes = new byte[MOST];
    private int registersLength;

    /** Zeros again, as after {@code =}. */
    public void clear() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** How many hexadecimal digits {@code g} has; without that there is no answer to {@code g}. */
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
            reply.copy(next, bytes, at, count);
            at += count;
            next += count;
        }
        return true;
    }

    /** As long as it is the same, so is what the monitor says of the thread. */
    public int threadSum() {
        return ByteBuffer.wrap(bytes).getInt(THREAD_SUM_AT);
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
        boolean isKnown = registersLength >= RIP_OFFSET + 3 * WORD && registersLength <= THREAD_SUM_AT;
        return isKnown ? Optional.of(Bytes.ascii(HexFormat.of().formatHex(registers()))) : Optional.empty();
    }

    /** {@code ip16} and {@code sp16}, the last, are told as what they differ from {@code rip} and {@code rsp}. */
    private byte[] registers() {
        ByteBuffer registers =
                ByteBuffer.wrap(Arrays.copyOf(bytes, registersLength)).order(ByteOrder.LITTLE_ENDIAN);
        add(registers, registersLength - 2 * WORD, RIP_OFFSET);
        add(registers, registersLength - WORD, RSP_OFFSET);
        return registers.array();
    }

    private static void add(ByteBuffer registers, int at, int other) {
        registers.putLong(at, registers.getLong(at) + registers.getLong(other));
    }

    /** True if it is known where the registers end. */
    public boolean isDescribed() {
        return registersLength > 0;
    }

    /** Puts the lines that could be read into {@code lines}. */
    public void fill(MemoryLines lines) {
        for (int at = LINES_AT; at < MOST; at += LINE_LENGTH) {
            if (bytes[at] == READ) {
                long address =
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(at + 1);
                lines.put(address, Arrays.copyOfRange(bytes, at + LINE_HEADER, at + LINE_LENGTH));
            }
        }
    }
}
