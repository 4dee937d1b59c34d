// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.demo.ByHand;
import dev.retrovisor.bridge.demo.Demo;
import dev.retrovisor.bridge.link.LinkListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Shows what this is for. */
@CommandLine.Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "A kernel with a network driver crashes from a race; gdb goes back in time to the cause.",
            "Ends at a gdb prompt if there is a terminal."
        })
final class DemoCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--prompt",
            description = "offer a gdb prompt in the end (the script does on a terminal)")
    private boolean prompt;

    @CommandLine.Mixin
    private LinkOptions link;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        Console console = new Console(out, command.commandLine().getErr());
        try (LinkListener listener = LinkListener.onLoopback(0)) {
            new Demo(MachineOptions.HOME, link.link(), out, console)
                    .run(listener, (elf, port) -> finish(console, elf, port));
        }
        return ExitCode.OK.number;
    }

    private void finish(Console console, Path elf, int port) throws IOException, InterruptedException {
        ByHand.instructions(MachineOptions.HOME).forEach(console::say);
        if (prompt) {
            console.say(System.lineSeparator() + "Press Enter for a gdb prompt in this session, Ctrl-C to end it.");
            if (System.in.read() >= 0) {
                GdbPrompt.run(List.of(elf.toString()), port, List.of());
            }
        }
    }
}
