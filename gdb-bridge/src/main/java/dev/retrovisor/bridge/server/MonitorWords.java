// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What a user typed after {@code monitor}: the text of a {@code qRcmd} packet. */
record MonitorWords(List<String> words) {
    /** No words if {@code command} is not {@code qRcmd,} and hexadecimal digits. */
    static MonitorWords of(Bytes command) {
        String digits = command.startsWith("qRcmd,") ? command.text().substring("qRcmd,".length()) : "";
        if (!digits.matches("([0-9a-fA-F]{2})*")) {
            return new MonitorWords(List.of());
        }
        String text = new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8).strip();
        return new MonitorWords(text.isEmpty() ? List.of() : List.of(text.split("\\s+", -1)));
    }

    /** The command's name; {@code help} if there is none, as in the monitor. */
    String first() {
        return words.isEmpty() ? "help" : words.get(0);
    }

    /** The word after the name, or {@code otherwise}. */
    String second(String otherwise) {
        return words.size() > 1 ? words.get(1) : otherwise;
    }

    /** A line for the debugger's console, as an {@code O} packet. */
    static Bytes output(String line) {
        return Bytes.ascii("O" + HexFormat.of().formatHex((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
