// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.files.GdbScript;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.ProgramPath;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.session.QemuSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** gdb with our settings and commands. */
@CommandLine.Command(
        name = "gdb",
        mixinStandardHelpOptions = true,
        description = {
            "Starts gdb, with commands of ours (help retro), at the session that runs on --port.",
            "With a guest: at a session of its own, which ends with gdb.",
            "What stands after -- goes to gdb as it is."
        })
final class GdbCommand implements Callable<Integer> {
    /** An ELF file with the symbols of 16-bit code says no more than that it is i386's. */
    private static final List<String> BOOT_CODE = List.of("-ex", "set architecture i8086");

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private GuestOptions guest;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private ServingOptions serving;

    @CommandLine.Parameters(arity = "0..*", paramLabel = "GDB-OPTION", description = "after --: options for gdb")
    private List<String> extra = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        ExtraOptions.check(command, extra, "gdb's options");
        ProgramPath.require("gdb", "gdb");
        return guest.isGiven() ? withSession() : atRunningSession();
    }

    private int withSession() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        QemuSettings settings =
                machine.settings(guest.modules(), guest.monitorOptions(), true, guest.withDisks(List.of()));
        serving.warn(console);
        try (Offer offer = serving.offer(guest.symbols());
                QemuSession session = QemuSession.start(settings, offer.serving(), guest.opening(), console)) {
            return gdb(guest.isBooted() ? BOOT_CODE : List.of(), offer.script(), session.port());
        }
    }

    private int atRunningSession() throws Exception {
        checkSession(serving.port());
        try (GdbScript script = GdbScript.write()) {
            return gdb(List.of(), script, serving.port());
        }
    }

    /** Says in our words what gdb would say in its own. */
    private static void checkSession(int port) throws LinkOpenException {
        try (Link link = new LinkAddress.Tcp("127.0.0.1", port).open(PATIENCE)) {
            link.isReliable();
        } catch (LinkOpenException e) {
            throw new LinkOpenException(
                    "port " + port,
                    "no session there",
                    "start one with retrovisor run, or say its --port, or give --guest");
        }
    }

    private int gdb(List<String> first, GdbScript script, int port) throws Exception {
        List<String> settings = new ArrayList<>(first);
        settings.addAll(List.of("-x", script.path().toString()));
        int code = GdbPrompt.run(settings, port, extra);
        return code == 0 ? ExitCode.OK.number : ExitCode.SESSION_FAILED.number;
    }
}
