// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the monitor's answers to {@code monitor ...} say. */
final class MonitorWords {
    private static final Pattern NOW = Pattern.compile("^now @(\\d+)", Pattern.MULTILINE);
    private static final Pattern ARRIVED = Pattern.compile("^now at @(\\d+)", Pattern.MULTILINE);
    private static final Pattern REGISTER = Pattern.compile("^(\\w+) +(?:0x|not)", Pattern.MULTILINE);
    private static final Pattern DUMP = Pattern.compile("^([0-9a-f]{16})((?: [0-9a-f]{2}){1,16})", Pattern.MULTILINE);

    private MonitorWords() {}

    /** Of {@code monitor status}: true if there is something to go back in. */
    static boolean hasHistory(String status) {
        return NOW.matcher(status).find();
    }

    /** Of {@code monitor record on}. */
    static boolean records(String said) {
        return said.contains("recording is on");
    }

    /** Of {@code monitor seek}: the instant that was reached; empty if the machine has not moved. */
    static Optional<String> arrival(String said) {
        Matcher found = ARRIVED.matcher(said);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** Of {@code monitor regs}: the registers' names, in their order. */
    static List<String> registers(String said) {
        return REGISTER.matcher(said).results().map(found -> found.group(1)).toList();
    }

    /** Of {@code monitor xp}: fills {@code bytes} from its beginning, and says how many it found. Lines come in the order of their addresses, without gaps. */
    static int dump(String said, byte[] bytes) {
        int count = 0;
        for (MatchResult line : DUMP.matcher(said).results().toList()) {
            byte[] some = HexFormat.of().parseHex(line.group(2).replace(" ", ""));
            int room = Math.min(some.length, bytes.length - count);
            System.arraycopy(some, 0, bytes, count, room);
            count += room;
        }
        return count;
    }
}
