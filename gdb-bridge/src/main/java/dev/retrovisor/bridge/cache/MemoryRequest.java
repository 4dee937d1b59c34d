// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code m ADDRESS,LENGTH}, answered in hexadecimal, or {@code x ADDRESS,LENGTH}, answered by {@code b} and the bytes.
 *
 * @param address of the first byte
 * @param length in bytes, at least 1
 * @param binary {@code x}
 */
public record MemoryRequest(long address, int length, boolean binary) {
    private static final Pattern FORM = Pattern.compile("([mx])([0-9a-fA-F]{1,16}),([0-9a-fA-F]{1,6})");

    /** Empty for anything else, and for a length of 0, which is a question about the packet and not about memory. */
    public static Optional<MemoryRequest> parse(Bytes content) {
        Matcher parts = FORM.matcher(content.text());
        if (!parts.matches() || Integer.parseInt(parts.group(3), 16) == 0) {
            return Optional.empty();
        }
        return Optional.of(new MemoryRequest(
                Long.parseUnsignedLong(parts.group(2), 16),
                Integer.parseInt(parts.group(3), 16),
                parts.group(1).equals("x")));
    }

    /** As a packet. */
    public Bytes packet() {
        return Bytes.ascii((binary ? "x" : "m") + Long.toHexString(address) + "," + Integer.toHexString(length));
    }

    /** The answer that brings {@code memory}. */
    public Bytes answer(byte[] memory) {
        if (!binary) {
            return Bytes.ascii(HexFormat.of().formatHex(memory));
        }
        ByteArrayOutputStream reply = new ByteArrayOutputStream(memory.length + 1);
        reply.write('b');
        reply.writeBytes(memory);
        return Bytes.of(reply.toByteArray());
    }

    /** What an answer brought, which may be less than was asked for; empty if it is an error. */
    public Optional<byte[]> memory(Bytes reply) {
        if (binary) {
            return reply.startsWith("b") ? Optional.of(reply.from(1).toArray()) : Optional.empty();
        }
        if (reply.length() == 0 || reply.length() % 2 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(HexFormat.of().parseHex(reply.text()));
        } catch (IllegalArgumentException notHex) {
            return Optional.empty(); // E and a number has three characters, so this is damage
        }
    }

    /** The whole lines around it. */
    public MemoryRequest widened() {
        long start = address & -MemoryLines.LINE;
        long end = (address + length - 1) | (MemoryLines.LINE - 1);
        return new MemoryRequest(start, (int) (end - start) + 1, binary);
    }
}
