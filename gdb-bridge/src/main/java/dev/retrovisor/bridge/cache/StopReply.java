// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A {@code T} packet (GDB manual, Stop Reply Packets).
 *
 * @param signal two hexadecimal digits
 * @param registers the registers in it, little-endian, by number
 * @param reasons what else stands in it, {@code name:value}, in its order
 */
public record StopReply(String signal, Map<Integer, Bytes> registers, List<String> reasons) {
    /** Numbers of x86-64 registers, GDB manual, i386 Features. */
    public static final int RSP = 7;

    public static final int RIP = 16;

    public StopReply {
        registers = Map.copyOf(registers);
        reasons = List.copyOf(reasons);
    }

    /** Empty if it is no stop reply. */
    public static Optional<StopReply> parse(Bytes content) {
        String text = content.text();
        if (!text.matches("(?s)T[0-9a-f]{2}.*")) {
            return Optional.empty();
        }
        Map<Integer, Bytes> registers = new HashMap<>();
        List<String> reasons = new ArrayList<>();
        for (String field : text.substring(3).split(";", -1)) {
            if (field.matches("[0-9a-f]{1,4}:([0-9a-f]{2})+")) {
                int colon = field.indexOf(':');
                byte[] value = HexFormat.of().parseHex(field, colon + 1, field.length());
                registers.put(Integer.parseInt(field.substring(0, colon), 16), Bytes.of(value));
            } else if (!field.isEmpty()) {
                reasons.add(field);
            }
        }
        return Optional.of(new StopReply(text.substring(1, 3), registers, reasons));
    }

    /** The value of an 8-byte register that is in it. */
    public OptionalLong register(int number) {
        Bytes value = registers.get(number);
        if (value == null || value.length() != Long.BYTES) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                ByteBuffer.wrap(value.toArray()).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }

    /** The packet without the reason {@code name}, for a debugger that does not understand it. */
    public static Bytes without(Bytes content, String name) {
        String text = content.text();
        int at = text.indexOf(name + ":");
        int end = text.indexOf(';', Math.max(0, at));
        boolean isField = at == 3 || (at > 3 && text.charAt(at - 1) == ';');
        return isField && end > 0 ? Bytes.ascii(text.substring(0, at) + text.substring(end + 1)) : content;
    }
}
