// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A register of the guest.
 *
 * @param group {@link #GENERAL} or {@link #SYSTEM}
 * @param value hexadecimal with {@code 0x} and all its digits, or why there is none
 */
public record Register(String group, String name, String value) {
    public static final String GENERAL = "General";
    public static final String SYSTEM = "System";

    private static final Pattern LINE = Pattern.compile("^(\\w+) +(0x[0-9a-f]+|not .*)$", Pattern.MULTILINE);

    /** True if there is a value. */
    public boolean hasValue() {
        return value.startsWith("0x");
    }

    /** A value that a user enters: {@code 0x} and hexadecimal digits, or decimal ones; empty if it is none. */
    public static Optional<BigInteger> parse(String text) {
        String word = text.strip();
        if (word.matches("0[xX][0-9a-fA-F]{1,16}")) {
            return Optional.of(new BigInteger(word.substring(2), 16));
        }
        return word.matches("[0-9]{1,20}") ? Optional.of(new BigInteger(word)) : Optional.empty();
    }

    /** From what {@code monitor regs} says, in its order. */
    static List<Register> of(String group, String said) {
        return LINE.matcher(said)
                .results()
                .map(found -> new Register(group, found.group(1), found.group(2)))
                .toList();
    }
}
