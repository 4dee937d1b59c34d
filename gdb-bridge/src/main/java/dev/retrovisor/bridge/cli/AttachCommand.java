// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.qemu.GuestImage;
import dev.retrovisor.bridge.server.BridgeServer;
import dev.retrovisor.bridge.session.AttachedSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Connects to a monitor that runs already. */
@CommandLine.Command(
        name = "attach",
        mixinStandardHelpOptions = true,
        description = {
            "Connects to a monitor that runs already, on a real PC or elsewhere, and serves gdb.",
            "The guest is stopped until a debugger lets it run."
        })
final class AttachCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.ArgGroup(multiplicity = "1")
    private MonitorAddress address;

    @CommandLine.Mixin
    private ServingOptions serving;

    @CommandLine.Option(
            names = "--reconnect",
            defaultValue = "30",
            paramLabel = "SECONDS",
            description = "how long to wait for a lost link to come back, 0: not at all (default: ${DEFAULT-VALUE})")
    private int reconnect;

    @CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "ELF",
            description = "the guest's file with symbols, for the gdb line")
    private Path elf;

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        LinkAddress monitor = address.parse(command);
        if (elf != null) {
            GuestImage.checkElf(elf);
        }
        Path program = elf == null ? Path.of(Console.NO_SYMBOLS) : elf;
        if (reconnect < 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--reconnect: " + reconnect + " (expected: seconds, or 0)");
        }
        serving.warn(console);
        try (Offer offer = serving.offer(program);
                BridgeServer server =
                        AttachedSession.start(monitor, Duration.ofSeconds(reconnect), offer.serving(), console)) {
            console.ready(
                    "The monitor answers; its guest is stopped. In another terminal:",
                    program.toString(),
                    server.port());
            Main.serves(command, server.port());
            LinkLostException end = server.awaitEnd();
            throw end;
        }
    }
}
