// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.query.Range;
import dev.retrovisor.store.query.Symbols;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Unsigned 64-bit numbers and ranges of them, as users write them: {@code 0x300}, {@code 0x300-0x31f}, {@code 0x300+0x20}. */
final class Numbers {
    static final String EXPECTED_RANGE = "NUMBER, FIRST-LAST or FIRST+COUNT, such as 0x300-0x31f";

    private static final String NUMBER = "(0x[0-9a-fA-F]{1,16}|[0-9]{1,19})";
    private static final Pattern RANGE = Pattern.compile(NUMBER + "(?:([-+])" + NUMBER + ")?");

    private Numbers() {}

    static Optional<Long> number(String text) {
        return text.matches(NUMBER) ? Optional.of(parse(text)) : Optional.empty();
    }

    private static long parse(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
    }

    /** None where it is no range, or one that ends before it begins. */
    static Optional<Range> range(String text) {
        Matcher words = RANGE.matcher(text);
        if (!words.matches()) {
            return Optional.empty();
        }
        long first = parse(words.group(1));
        long second = words.group(3) == null ? first : parse(words.group(3));
        boolean isCount = "+".equals(words.group(2));
        long last = isCount ? first + second - 1 : second;
        return Long.compareUnsigned(first, last) > 0 ? Optional.empty() : Optional.of(new Range(first, last));
    }

    /** A range, or all of a function. */
    static Optional<Range> range(String text, Symbols symbols) {
        return range(text).or(() -> symbols.range(text));
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number).toLowerCase(Locale.ROOT);
    }
}
