// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.recording.CheckpointTrail;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.recording.ReplayOpening;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.session.Opening;
import dev.retrovisor.bridge.session.QemuSession;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.CheckpointWriter;
import dev.retrovisor.store.format.Gap;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A recording in QEMU, ready for gdb. */
@CommandLine.Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Replays a recording in QEMU and serves gdb. The guest's devices are not needed.",
            "What stands after -- goes to QEMU as it is."
        },
        footer = {"", "Example: retrovisor replay crash.retro --at end"})
final class ReplayCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private ServingOptions serving;

    @CommandLine.Mixin
    private CheckpointOptions checkpoints;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(
            names = "--at",
            defaultValue = "begin",
            paramLabel = "WHERE",
            completionCandidates = Destination.Words.class,
            description = "where gdb finds the guest: " + Destination.EXPECTED + " (default: ${DEFAULT-VALUE})")
    private String at;

    @CommandLine.Option(
            names = "--symbols",
            paramLabel = "ELF",
            description = "the file that debuggers get by the bridge (default: the one named in the recording)")
    private Path symbols;

    @CommandLine.Option(
            names = "--any-cpu",
            description = "replay also where the CPU lacks features that the recorded one had")
    private boolean anyCpu;

    @CommandLine.Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "QEMU-OPTION",
            description = "after --: options for QEMU")
    private List<String> extra = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        ExtraOptions.check(command, extra, "QEMU's options");
        serving.warn(console);
        try (CheckpointWriter writer = anyCpu ? null : checkpoints.writer(file);
                RecordingReader recording = RecordingReader.open(file)) {
            Destination destination = Destination.of(command, "--at", at, recording);
            String[] place = {at};
            Path program = program(recording, console);
            warn(recording, console);
            try (ReplayMachine replay =
                            ReplayMachine.prepare(recording, checkpoints.given(recording), machine, extra, console);
                    Offer offer = serving.offer(program);
                    QemuSession session = QemuSession.start(
                            replay.settings(),
                            offer.serving(),
                            opening(
                                    recording,
                                    destination,
                                    place,
                                    console,
                                    monitor -> checkpoints.trail(
                                            recording, monitor, writer, replay.checkpoints(), console)),
                            console)) {
                console.ready(
                        file + " stands at " + place[0] + " of @"
                                + recording.base().instant() + " to @" + replay.end() + " (QEMU is process "
                                + session.pid() + "). In another terminal:",
                        offer.symbols().path().toString(),
                        session.port());
                Main.serves(command, session.port());
                session.awaitEnd();
            }
        }
        return ExitCode.OK.number;
    }

    private Path program(RecordingReader recording, Console console) throws RecordingException {
        Path program = symbols != null ? symbols : Path.of(recording.facts().getOrDefault("symbols", "guest.elf"));
        String recorded = recording.facts().getOrDefault("build-id", "");
        String here = ElfNote.buildId(program).orElse("");
        if (!Files.isReadable(program)) {
            console.warn(program + ": not here, so gdb has no symbols; give the guest's file with --symbols");
        } else if (!recorded.isEmpty() && !here.equals(recorded)) {
            console.warn(program + ": build id " + (here.isEmpty() ? "none" : here) + ", recorded was " + recorded
                    + ": another build, whose symbols do not fit");
        }
        return program;
    }

    private static void warn(RecordingReader recording, Console console) throws RecordingException {
        for (Gap gap : recording.gaps()) {
            console.warn("after @" + gap.afterInstant() + " " + gap.bytes()
                    + " bytes of the log are missing: the replay ends before them");
        }
        if (recording.gaps().isEmpty() && recording.end().isTorn()) {
            console.warn("the recording was not closed: it ends at @"
                    + recording.end().instant());
        }
    }

    private interface Trails {
        CheckpointTrail of(MonitorDialogue monitor) throws RecordingException;
    }

    /** {@code place} is told where the guest stands. */
    private Opening opening(
            RecordingReader recording, Destination destination, String[] place, Console console, Trails trails) {
        return monitor -> {
            ReplayOpening replay = new ReplayOpening(monitor);
            try {
                List<String> missing = replay.missingFeatures(recording.machine());
                if (!missing.isEmpty() && !anyCpu) {
                    throw new SessionException("this CPU lacks what the recorded one ("
                            + recording.machine().processor() + ") had: " + String.join(", ", missing)
                            + "; choose another after -- with -cpu, or try --any-cpu");
                }
                missing.forEach(line -> console.warn("this CPU lacks " + line));
                CheckpointTrail trail = trails.of(monitor);
                trail.compare(recording.marks());
                place[0] = destination.go(monitor, trail);
            } catch (RecordingException | RefusedException e) {
                throw new SessionException(e.getMessage());
            }
            return Optional.empty();
        };
    }
}
