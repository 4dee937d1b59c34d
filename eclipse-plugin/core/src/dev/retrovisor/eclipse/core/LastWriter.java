// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import dev.retrovisor.bridge.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who wrote memory last: {@code retrovisor why}, in this JVM.
 *
 * @param isAnswered false: the text says why there is no answer
 * @param text for the user
 * @param instant of the write; empty if nobody wrote
 */
public record LastWriter(boolean isAnswered, String text, OptionalLong instant) {
    private static final Pattern INSTANT = Pattern.compile(" became \\S+ after @(\\d+)");

    /** Bytes that can be asked about. */
    public static final List<Integer> LENGTHS = List.of(1, 2, 4, 8);

    /** Replays the recording backwards from {@code before} in a QEMU of its own; takes as long as that does. An interrupt of the calling thread ends it. */
    public static LastWriter find(Path recording, String address, int length, OptionalLong before) {
        Recordings.registerDriver();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] command = {
            "why",
            recording.toString(),
            "--address",
            address,
            "--length",
            String.valueOf(length),
            "--at",
            before.isPresent() ? "@" + before.getAsLong() : "end",
            "--qemu",
            Settings.qemu(),
            "--monitor",
            Settings.monitor()
        };
        int code = Main.run(command, new PrintWriter(out, true), new PrintWriter(err, true), port -> {});
        return code == 0
                ? answer(out.toString())
                : new LastWriter(false, refusal(err.toString()), OptionalLong.empty());
    }

    private static LastWriter answer(String said) {
        Matcher write = INSTANT.matcher(said);
        String text = String.join(
                "\n",
                said.lines().filter(line -> !line.contains("retrovisor replay")).toList());
        return new LastWriter(
                true, text, write.find() ? OptionalLong.of(Long.parseLong(write.group(1))) : OptionalLong.empty());
    }

    private static String refusal(String said) {
        return said.lines()
                .filter(line -> line.startsWith("retrovisor: "))
                .reduce((first, second) -> second)
                .map(line -> line.substring("retrovisor: ".length()))
                .orElse("there is no answer: " + said.strip());
    }
}
