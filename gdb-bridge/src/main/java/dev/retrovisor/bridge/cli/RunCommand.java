// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.session.QemuSession;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A guest under the monitor in QEMU, ready for gdb. */
@CommandLine.Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a guest (a kernel, or what a BIOS boots from a disk) under the monitor in QEMU and serves gdb.",
            "The guest's first serial port is printed here.",
            "What stands after -- goes to QEMU as it is."
        })
final class RunCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private GuestOptions guest;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private ServingOptions serving;

    @CommandLine.Parameters(arity = "0..*", paramLabel = "QEMU-OPTION", description = "after --: options for QEMU")
    private List<String> extra = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        ExtraOptions.check(command, extra, "QEMU's options");
        QemuSettings settings =
                machine.settings(guest.modules(), guest.monitorOptions(), false, guest.withDisks(extra));
        serving.warn(console);
        try (Offer offer = serving.offer(guest.symbols());
                QemuSession session = QemuSession.start(settings, offer.serving(), guest.opening(), console)) {
            String state = guest.path() + (settings.monitor().startRunning() ? " runs" : " is loaded and stopped");
            console.ready(
                    state + " under the monitor (QEMU is process " + session.pid() + "). In another terminal:",
                    offer.symbols().path().toString(),
                    session.port());
            Main.serves(command, session.port());
            session.awaitEnd();
            console.say("QEMU has ended.");
        }
        return ExitCode.OK.number;
    }
}
