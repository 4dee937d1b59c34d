// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a machine is in its recorded time. All instants are in instructions since the recording began; empty if nothing is recorded.
 *
 * @param now where the machine is
 * @param begin where history begins
 * @param end where it ends
 * @param past true if the machine is not at the live end
 */
public record Place(OptionalLong now, OptionalLong begin, OptionalLong end, boolean past) {
    /** Of a machine of which nothing is recorded. */
    public static final Place NOWHERE =
            new Place(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), false);

    private static final Pattern NOW = Pattern.compile("^now @(\\d+)", Pattern.MULTILINE);
    private static final Pattern HISTORY = Pattern.compile("^history @(\\d+)\\.\\.@(\\d+)", Pattern.MULTILINE);
    private static final Pattern PAST = Pattern.compile("^mode (in the past|replay of|what-if)", Pattern.MULTILINE);

    /** From what {@code monitor status} says. */
    public static Place of(String status) {
        Matcher now = NOW.matcher(status);
        Matcher history = HISTORY.matcher(status);
        boolean known = history.find();
        return new Place(
                now.find() ? instant(now.group(1)) : OptionalLong.empty(),
                known ? instant(history.group(1)) : OptionalLong.empty(),
                known ? instant(history.group(2)) : OptionalLong.empty(),
                PAST.matcher(status).find());
    }

    private static OptionalLong instant(String digits) {
        return OptionalLong.of(Long.parseLong(digits));
    }
}
