// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** How the target's registers are named in packets, from its description (GDB manual, Target Description Format). */
final class RegisterNumbers {
    private static final Pattern REGISTER =
            Pattern.compile("<reg name=\"(\\w+)\" bitsize=\"(\\d+)\"[^>]* regnum=\"(\\d+)\"");

    private record Place(int number, int bytes) {}

    private final Map<String, Place> places = new HashMap<>();

    /** {@code description}: the target's XML. */
    RegisterNumbers(String description) {
        REGISTER.matcher(description)
                .results()
                .forEach(found -> places.put(
                        found.group(1),
                        new Place(Integer.parseInt(found.group(3)), Integer.parseInt(found.group(2)) / Byte.SIZE)));
    }

    /** The packet that writes a register: its number, and the value with the lowest byte first. */
    String write(String name, BigInteger value) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalStateException(name + ": the machine has no such register");
        }
        if (value.signum() < 0 || value.bitLength() > place.bytes * Byte.SIZE) {
            throw new IllegalStateException(
                    name + ": the value does not fit (expected: at most " + place.bytes + " bytes)");
        }
        StringBuilder packet = new StringBuilder("P" + Integer.toHexString(place.number) + "=");
        for (int i = 0; i < place.bytes; i++) {
            packet.append(String.format("%02x", value.shiftRight(i * Byte.SIZE).intValue() & 0xff));
        }
        return packet.toString();
    }
}
