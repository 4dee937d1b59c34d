// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable string of bytes: the content of a packet, or a frame as it stands on the wire. */
public final class Bytes {
    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /** Copies {@code value}. */
    public static Bytes of(byte[] value) {
        return new Bytes(value.clone());
    }

    /** Copies {@code length} bytes of {@code value} from {@code offset}. */
    public static Bytes of(byte[] value, int offset, int length) {
        return new Bytes(Arrays.copyOfRange(value, offset, offset + length));
    }

    /** The bytes of an ASCII text, one a character. */
    public static Bytes ascii(String text) {
        return new Bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A copy. */
    public byte[] toArray() {
        return value.clone();
    }

    /** Copies {@code count} bytes from {@code from} on into {@code target}, from {@code at} on. */
    public void copy(int from, byte[] target, int at, int count) {
        System.arraycopy(value, from, target, at, count);
    }

    /** What follows the first {@code offset} bytes. */
    public Bytes from(int offset) {
        return of(value, offset, value.length - offset);
    }

    /** In bytes. */
    public int length() {
        return value.length;
    }

    /** The byte at {@code index}, as 0 to 255. */
    public int at(int index) {
        return value[index] & 0xff;
    }

    /** True if the first bytes are those of the ASCII text {@code prefix}. */
    public boolean startsWith(String prefix) {
        if (value.length < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (value[i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** True if these are exactly the bytes of the ASCII text {@code text}. */
    public boolean isAscii(String text) {
        return value.length == text.length() && startsWith(text);
    }

    /** One character a byte (ISO 8859-1), so that nothing is lost. */
    public String text() {
        return new String(value, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** For people: printable characters as they are, others as {@code \xNN}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(value.length);
        for (byte b : value) {
            text.append(b >= ' ' && b < 0x7f ? String.valueOf((char) b) : String.format("\\x%02x", b));
        }
        return text.toString();
    }
}
