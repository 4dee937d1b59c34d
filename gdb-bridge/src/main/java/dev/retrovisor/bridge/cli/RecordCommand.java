// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.session.QemuSession;
import dev.retrovisor.bridge.session.SessionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A guest under the monitor in QEMU, recorded into a file. */
@CommandLine.Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a guest kernel under the monitor in QEMU, serves gdb, and records into a file while it runs.",
            "The guest runs at once, unless told --stopped. Ctrl-C ends it; the file is then complete.",
            "Or, with --attach, records a session that goes on already, of run, gdb or attach.",
            "What stands after -- goes to QEMU as it is."
        },
        footer = {
            "",
            "Example: retrovisor record crash.retro --guest kernel.elf",
            "         retrovisor record crash.retro --attach localhost:1234"
        })
final class RecordCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private GuestOptions guest;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private ServingOptions serving;

    @CommandLine.Option(
            names = "--attach",
            paramLabel = "HOST:PORT",
            converter = SessionAddress.class,
            description = {
                "record the session whose gdb port (or Unix socket) this is, from the beginning of its history on.",
                "It has to record (run --record, or monitor record on); it goes on when the recording ends"
            })
    private LinkAddress session;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "QEMU-OPTION",
            description = "after --: options for QEMU")
    private List<String> extra = new ArrayList<>();

    @CommandLine.Mixin
    private Output output;

    /** A session that goes on already has its guest and its machine. */
    private void checkAttached() {
        List<String> others = command.commandLine().getParseResult().matchedOptions().stream()
                .map(CommandLine.Model.OptionSpec::longestName)
                .filter(name -> !List.of("--attach", "--symbols", "--force").contains(name))
                .toList();
        if (!others.isEmpty() || !extra.isEmpty()) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    (others.isEmpty() ? "QEMU's options" : others.get(0))
                            + ": not with --attach, whose session has its guest and machine already");
        }
    }

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        ExtraOptions.check(command, extra, "QEMU's options");
        if (session != null) {
            checkAttached();
            output.makeRoom(file, Path.of(""), "nothing");
            new AttachedRecording(file, session, guest.givenSymbols(), console).run();
            return ExitCode.OK.number;
        }
        MonitorOptions options = guest.recordingOptions();
        QemuSettings settings = machine.settings(guest.modules(), options, false, guest.withDisks(extra));
        serving.warn(console);
        output.makeRoom(file, guest.path(), "the guest");
        try (Offer offer = serving.offer(guest.symbols());
                RecordingSession recording = RecordingSession.create(file, settings, guest, console);
                QemuSession session = QemuSession.start(settings, offer.serving(), recording, console)) {
            String state = guest.path() + (guest.recordingRuns() ? " runs" : " is loaded and stopped");
            console.ready(
                    state + " under the monitor and is recorded into " + file + " (QEMU is process " + session.pid()
                            + "). In another terminal:",
                    offer.symbols().path().toString(),
                    session.port());
            Main.serves(command, session.port());
            session.awaitEnd();
            recording.close();
            console.say("QEMU has ended; the recording is " + file);
            if (!recording.complaint().isEmpty()) {
                throw new SessionException(recording.complaint());
            }
        }
        return ExitCode.OK.number;
    }
}
