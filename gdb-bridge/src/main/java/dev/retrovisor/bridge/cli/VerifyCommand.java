// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.qemu.QemuException;
import dev.retrovisor.bridge.recording.CheckpointTrail;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.recording.ReplayOpening;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.server.Serving;
import dev.retrovisor.bridge.session.QemuSession;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.CheckpointWriter;
import dev.retrovisor.store.format.Checkpoints;
import dev.retrovisor.store.format.Gap;
import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.Seal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Whether a recording holds. */
@CommandLine.Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a recording: the file, every sum in it, and, by replaying all of it, that it holds.",
            "Exit code 6 if it does not."
        },
        footer = {"", "Example: retrovisor verify crash.retro"})
final class VerifyCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";

    /** Instants: some tenths of a second, or some seconds where most instructions exit. */
    private static final long PIECE = 50_000_000;

    private static final int MOST_PIECES = 500;

    /** Instants (docs/spec/trace-format.md, version 4). */
    private static final long EPOCH = 1_000_000_000;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private CheckpointOptions checkpoints;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(names = "--no-replay", description = "check the file only")
    private boolean noReplay;

    @CommandLine.Option(names = "--json", description = "as one JSON object, if it holds")
    private boolean isJson;

    private final JsonObject report = new JsonObject();
    private final JsonArray marks = new JsonArray();

    /** Why the replay does not hold. */
    private String complaint = "";

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        try (CheckpointWriter writer = noReplay ? null : checkpoints.writer(file);
                RecordingReader recording = RecordingReader.open(file)) {
            checkFile(recording, console);
            checkCheckpoints(recording, writer, console);
            if (!noReplay) {
                replay(recording, writer, console);
            }
        }
        if (isJson) {
            console.say(Json.line(report));
        }
        return ExitCode.OK.number;
    }

    private void checkFile(RecordingReader recording, Console console) throws RecordingException {
        List<String> found = recording.integrity();
        if (!found.isEmpty()) {
            throw new RecordingException(file, "SQLite finds: " + found.get(0));
        }
        long[] events = {0};
        recording.<RuntimeException>events(Long.MIN_VALUE, event -> ++events[0] > 0);
        int[] pages = {0};
        recording.<RuntimeException>pages((frame, content) -> pages[0]++);
        RecordingReader.End end = recording.end();
        report.addProperty("events", events[0]);
        report.addProperty("pages", pages[0]);
        report.addProperty("first-instant", recording.base().instant());
        report.addProperty("last-instant", end.instant());
        report.addProperty("is-closed", !end.isTorn());
        say(
                console,
                "the file is whole: " + events[0] + " events, " + pages[0] + " pages, @"
                        + recording.base().instant() + " to @" + end.instant()
                        + (end.isTorn() ? " (it was not closed, or a part is missing)" : ""));
        Optional<Boolean> seal = Seal.holds(recording);
        if (seal.isPresent() && !seal.get()) {
            throw new RecordingException(file, "its seal does not hold: it was changed after it was packed");
        }
        report.addProperty("is-sealed", seal.isPresent());
        seal.ifPresent(holds -> say(console, "its seal holds"));
        report.addProperty("gaps", recording.gaps().size());
        for (Gap gap : recording.gaps()) {
            say(console, "after @" + gap.afterInstant() + " " + gap.bytes() + " bytes of the log are missing");
        }
    }

    /** Damaged ones are no defect of the recording: the replay, which begins at the base, makes them anew. */
    private void checkCheckpoints(RecordingReader recording, CheckpointWriter writer, Console console)
            throws RecordingException {
        Checkpoints found = Checkpoints.of(recording);
        report.addProperty("checkpoints", found.states().size());
        if (found.complaint().isPresent()) {
            console.warn(found.complaint().get());
            if (writer != null) {
                writer.removeFrom(found.states().size() + 1);
            }
        }
    }

    private void say(Console console, String line) {
        if (!isJson) {
            console.say(line);
        }
    }

    private void replay(RecordingReader recording, CheckpointWriter writer, Console console) throws Exception {
        long begin = recording.base().instant();
        try (ReplayMachine replay =
                        ReplayMachine.prepare(recording, Checkpoints.none(recording), machine, List.of(), console);
                LinkListener listener = LinkListener.onHost(LOOPBACK, 0);
                QemuSession session = QemuSession.start(
                        replay.settings(),
                        Serving.on(listener),
                        monitor -> {
                            check(recording, writer, new Way(begin, replay.end()), monitor, console);
                            return Optional.empty();
                        },
                        console)) {
            report.addProperty("replayed-to", replay.end());
            report.add("marks", marks);
            report.addProperty("checkpoints", Checkpoints.of(recording).states().size());
            say(console, "the replay holds up to @" + replay.end() + " (QEMU was process " + session.pid() + ")");
        } catch (QemuException e) {
            if (writer != null && !complaint.isEmpty()) {
                writer.removeFrom(1);
            }
            throw complaint.isEmpty() ? e : new RecordingException(file, complaint);
        }
    }

    /** What is replayed: instants. */
    private record Way(long begin, long end) {
        /**
         * By state match an instant is no measure of time: there are a thousand million in an epoch. A whole number of epochs
         * then, since an instant within one is looked for step by step.
         */
        long piece() {
            long piece = Math.max(PIECE, (end - begin) / MOST_PIECES);
            return piece < EPOCH ? piece : (piece + EPOCH - 1) / EPOCH * EPOCH;
        }

        int percent(long at) {
            return (int) ((at - begin) * 100.0 / Math.max(1, end - begin));
        }
    }

    private void check(
            RecordingReader recording, CheckpointWriter writer, Way way, MonitorDialogue monitor, Console console)
            throws SessionException, LinkLostException {
        ReplayOpening replay = new ReplayOpening(monitor);
        Ticker ticker = new Ticker(console, "replaying");
        try {
            CheckpointTrail trail = checkpoints.trail(recording, monitor, writer, List.of(), console);
            long at = way.begin;
            for (Mark mark : recording.marks()) {
                if (mark.instant() <= way.end) {
                    at = advance(trail, at, mark.instant(), way, ticker);
                    compare(mark, replay.mark(), console);
                }
            }
            advance(trail, at, way.end, way, ticker);
        } catch (RecordingException | RefusedException | SessionException e) {
            complaint = "the replay does not hold: " + e.getMessage();
            throw new SessionException(complaint);
        }
    }

    /** In pieces: each is waited for, and said, by itself. */
    private static long advance(CheckpointTrail trail, long from, long to, Way way, Ticker ticker)
            throws LinkLostException, RefusedException {
        for (long at = from; at < to; ) {
            at = Math.min(to, at + way.piece());
            trail.seek(at);
            ticker.percent(way.percent(at));
        }
        trail.seek(to);
        return to;
    }

    private void compare(Mark recorded, Mark replayed, Console console) throws SessionException {
        boolean isComparable = recorded.rip() == replayed.rip();
        JsonObject mark = new JsonObject();
        mark.addProperty("instant", recorded.instant());
        mark.addProperty("is-compared", isComparable);
        marks.add(mark);
        if (!isComparable) {
            say(
                    console,
                    "@" + recorded.instant() + ": recorded behind an exception, at rip 0x"
                            + Long.toHexString(recorded.rip()) + ": its state is not compared");
        } else if (recorded.digest() != replayed.digest()) {
            throw new SessionException("@" + recorded.instant() + ": state "
                    + Long.toHexString(replayed.digest()) + " (recorded: " + Long.toHexString(recorded.digest())
                    + ")");
        } else {
            say(
                    console,
                    "@" + recorded.instant() + ": the state is the recorded one (" + Long.toHexString(recorded.digest())
                            + ")");
        }
    }
}
