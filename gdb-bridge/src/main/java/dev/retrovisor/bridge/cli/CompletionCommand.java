// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;

/** For the shell. */
@CommandLine.Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script with which bash, and zsh, complete commands and options.",
        footer = {"", "Example: source <(retrovisor completion)"})
final class CompletionCommand implements Callable<Integer> {
    /** Commands of the script retrovisor, which it does not hand on. */
    private static final List<String> SCRIPT_WORDS = List.of("test", "bench", "eclipse", "linux", "help");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @Override
    public Integer call() {
        CommandLine all = command.parent().commandLine();
        for (String word : SCRIPT_WORDS) {
            all.addSubcommand(word, CommandLine.Model.CommandSpec.create());
        }
        command.commandLine().getOut().print(AutoComplete.bash("retrovisor", all));
        command.commandLine().getOut().flush();
        return ExitCode.OK.number;
    }
}
