// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where each register stands in the answer to {@code g}, from a target description (GDB manual, Target Description Format).
 *
 * @param offsets of the registers, by number, in hexadecimal digits; one more for the end of the last
 */
public record RegisterLayout(List<Integer> offsets) {
    private static final Pattern REGISTER = Pattern.compile("<reg\\s[^>]*?bitsize=\"([0-9]{1,5})\"[^>]*>");
    private static final Pattern NUMBER = Pattern.compile("regnum=\"([0-9]{1,5})\"");

    public RegisterLayout {
        offsets = List.copyOf(offsets);
    }

    /** Empty if its registers are not numbered one after another. */
    public static Optional<RegisterLayout> parse(String description) {
        List<Integer> offsets = new ArrayList<>(List.of(0));
        Matcher register = REGISTER.matcher(description);
        while (register.find()) {
            Matcher number = NUMBER.matcher(register.group());
            if (number.find() && Integer.parseInt(number.group(1)) != offsets.size() - 1) {
                return Optional.empty();
            }
            offsets.add(offsets.get(offsets.size() - 1) + Integer.parseInt(register.group(1)) / 4);
        }
        return Optional.of(new RegisterLayout(offsets));
    }

    /** How many registers there are. */
    public int count() {
        return offsets.size() - 1;
    }

    /** The answer to {@code p}, if all of register {@code number} is in {@code all}, an answer to {@code g}. */
    public Optional<Bytes> register(int number, Bytes all) {
        if (number >= count() || offsets.get(number + 1) > all.length()) {
            return Optional.empty();
        }
        return Optional.of(Bytes.ascii(all.text().substring(offsets.get(number), offsets.get(number + 1))));
    }
}
