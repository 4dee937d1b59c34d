// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A reply of docs/spec/rsp-extensions.md, "Getting a recording out": a letter, hexadecimal numbers, and bytes behind a
 * semicolon.
 *
 * @param bytesAt where the bytes begin in {@code packet}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Reply(List<Long> numbers, byte[] packet, int bytesAt) {
    private static final List<String> FOR_LATER =
            List.of("E10", "E.the machine travels", "E.the link", "E.the guest runs");

    /** None if it is an error, or no such reply. */
    static Optional<Reply> parse(byte[] packet, char letter, int count) {
        if (packet.length == 0 || packet[0] != letter) {
            return Optional.empty();
        }
        int end = 1;
        while (end < packet.length && packet[end] != ';') {
            end++;
        }
        List<Long> numbers = new ArrayList<>();
        for (String number : new String(packet, 1, end - 1, StandardCharsets.ISO_8859_1).split(",", -1)) {
            if (!number.matches("[0-9a-f]{1,16}")) {
                return Optional.empty();
            }
            numbers.add(Long.parseUnsignedLong(number, 16));
        }
        return numbers.size() == count
                ? Optional.of(new Reply(numbers, packet, Math.min(end + 1, packet.length)))
                : Optional.empty();
    }

    /** True if the question can be asked again: the machine travels, or its link is lost and may come back, or is slow and the guest runs. */
    static boolean isForLater(byte[] packet) {
        String text = new String(packet, StandardCharsets.ISO_8859_1);
        return FOR_LATER.stream().anyMatch(text::startsWith);
    }

    long number(int index) {
        return numbers.get(index);
    }

    int length() {
        return packet.length - bytesAt;
    }
}
