// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

/** The bytes that mean something on the wire. */
final class Wire {
    static final int PACKET_START = '$';
    static final int NOTIFICATION_START = '%';
    static final int PACKET_END = '#';
    static final int ESCAPE = '}';
    static final int ESCAPE_XOR = 0x20;
    static final int RUN = '*';
    static final int ACK = '+';
    static final int NAK = '-';
    static final int INTERRUPT = 0x03;

    /** A run of n further copies is written as the character n + 29. */
    static final int RUN_BIAS = 29;

    static final int RUN_MIN = 3;
    static final int RUN_MAX = '~' - RUN_BIAS;

    private Wire() {}

    static boolean mustBeEscaped(int b) {
        return b == PACKET_START || b == PACKET_END || b == ESCAPE || b == RUN;
    }

    /** Run counts whose character would read as framing are forbidden; others are free. */
    static boolean isRunCharacter(int c) {
        return c >= ' ' && c <= '~' && c != PACKET_END && c != PACKET_START && c != ACK && c != NAK;
    }
}
