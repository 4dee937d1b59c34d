// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

/** Bytes in lines of 16: address, hexadecimal digits, characters. */
final class HexDump {
    private static final int A_LINE = 16;

    private HexDump() {}

    static String of(long address, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += A_LINE) {
            text.append(String.format("%016x ", address + at));
            StringBuilder characters = new StringBuilder();
            for (int i = at; i < Math.min(at + A_LINE, bytes.length); i++) {
                text.append(String.format(" %02x", bytes[i]));
                characters.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
            }
            text.append("  ").append(characters).append('\n');
        }
        return text.toString();
    }
}
