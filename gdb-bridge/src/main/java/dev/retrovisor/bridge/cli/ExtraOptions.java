// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.util.List;
import picocli.CommandLine;

/** Options for another program, which stand after {@code --}. */
final class ExtraOptions {
    private ExtraOptions() {}

    /** Refuses a word that stands before {@code --}: a slip, which the other program would misunderstand. */
    static void check(CommandLine.Model.CommandSpec command, List<String> extra, String what) {
        List<String> all = command.commandLine().getParseResult().originalArgs();
        int after = all.contains("--") ? all.size() - all.indexOf("--") - 1 : 0;
        if (extra.size() > after) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), extra.get(0) + ": not an option (" + what + " stand after --)");
        }
    }
}
