// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonObject;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.recording.CheckpointTrail;
import dev.retrovisor.bridge.recording.LastWrite;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.server.Serving;
import dev.retrovisor.bridge.session.QemuSession;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.CheckpointWriter;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Symbols;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Who wrote this memory. */
@CommandLine.Command(
        name = "why",
        mixinStandardHelpOptions = true,
        description = {
            "Says who wrote memory last, before a moment of the recording: the instruction and its function, or the device and",
            "the event. Replays the recording backwards, with a watchpoint."
        },
        footer = {"", "Example: retrovisor why crash.retro --address 0x10f198 --length 8 --at end"})
final class WhyCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";

    /** DMA has a tick of its own, so it is the last of its instant, behind what one instruction can do. */
    private static final int MOST_AT_AN_INSTANT = 64;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private MachineOptions machine;

    @CommandLine.Mixin
    private CheckpointOptions checkpoints;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(
            names = "--address",
            required = true,
            paramLabel = "ADDRESS",
            description = "linear, in the address space of that moment")
    private String address;

    @CommandLine.Option(
            names = "--length",
            defaultValue = "8",
            paramLabel = "BYTES",
            description = "1, 2, 4 or 8 (default: ${DEFAULT-VALUE})")
    private int length;

    @CommandLine.Option(
            names = "--at",
            defaultValue = "end",
            paramLabel = "WHERE",
            completionCandidates = Destination.Words.class,
            description = "the moment: " + Destination.EXPECTED + " (default: ${DEFAULT-VALUE})")
    private String at;

    @CommandLine.Option(
            names = "--symbols",
            paramLabel = "ELF",
            description = "the guest's symbols (default: the file named in the recording)")
    private Path symbols;

    @CommandLine.Option(names = "--json", description = "as one JSON object")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        long place = Numbers.number(address)
                .orElseThrow(() -> wrong("--address: " + address + " (expected: a number, such as 0x10f198)"));
        if (Integer.bitCount(length) != 1 || length > LastWrite.MOST_BYTES || length < 1) {
            throw wrong("--length: " + length + " (expected: 1, 2, 4 or 8)");
        }
        try (CheckpointWriter writer = checkpoints.writer(file);
                RecordingReader recording = RecordingReader.open(file)) {
            Optional<LastWrite> found = find(recording, writer, place, console);
            if (isJson) {
                console.say(Json.line(json(recording, found)));
            } else {
                answer(recording, found, console);
            }
        }
        return ExitCode.OK.number;
    }

    private Optional<LastWrite> find(RecordingReader recording, CheckpointWriter writer, long place, Console console)
            throws Exception {
        Destination moment = Destination.of(command, "--at", at, recording);
        List<Optional<LastWrite>> found = new java.util.ArrayList<>();
        try (ReplayMachine replay =
                        ReplayMachine.prepare(recording, checkpoints.given(recording), machine, List.of(), console);
                LinkListener listener = LinkListener.onHost(LOOPBACK, 0);
                Waiting waiting = Waiting.show(console, "going back through the recording");
                QemuSession session = QemuSession.start(
                        replay.settings(),
                        Serving.on(listener),
                        monitor -> {
                            found.add(find(
                                    monitor, new Way(recording, writer, replay.checkpoints(), moment, console), place));
                            return Optional.empty();
                        },
                        console)) {
            return found.get(0);
        }
    }

    /** How the replay gets to the moment. */
    private record Way(
            RecordingReader recording,
            CheckpointWriter writer,
            List<Long> given,
            Destination moment,
            Console console) {}

    private Optional<LastWrite> find(MonitorDialogue monitor, Way way, long place)
            throws SessionException, LinkLostException {
        try {
            CheckpointTrail trail = checkpoints.trail(way.recording, monitor, way.writer, way.given, way.console);
            trail.compare(way.recording.marks());
            way.moment.go(monitor, trail);
            return LastWrite.find(monitor, way.recording.base().instant(), place, length);
        } catch (RefusedException e) {
            throw new SessionException(file + ": " + e.getMessage());
        } catch (RecordingException e) {
            throw new SessionException(e.getMessage());
        }
    }

    private void answer(RecordingReader recording, Optional<LastWrite> found, Console console)
            throws RecordingException {
        String what = address + ", " + length + " bytes: ";
        if (found.isEmpty()) {
            console.say(what + "nobody has written it since the recording began");
            return;
        }
        LastWrite write = found.get();
        console.say(what + write.before() + " became " + write.after() + " after @"
                + write.where().instant());
        if (write.device().isPresent()) {
            event(recording, write).ifPresent(event -> console.say("  " + new EventText(Symbols.none()).line(event)));
        } else {
            console.say("  by the instruction at " + Numbers.hex(write.where().rip()) + function(recording, write));
        }
        console.say("  retrovisor replay " + Console.quoted(file.toString()) + " --at @"
                + write.where().instant());
    }

    private JsonObject json(RecordingReader recording, Optional<LastWrite> found) throws RecordingException {
        JsonObject object = new JsonObject();
        object.addProperty("address", address);
        object.addProperty("length", length);
        object.addProperty("written", found.isPresent());
        if (found.isPresent()) {
            LastWrite write = found.get();
            object.addProperty("before", write.before());
            object.addProperty("after", write.after());
            object.addProperty("instant", write.where().instant());
            if (write.device().isPresent()) {
                event(recording, write).ifPresent(event -> object.add("event", Json.event(event)));
            } else {
                object.addProperty("rip", Numbers.hex(write.where().rip()));
                functionName(recording, write).ifPresent(name -> object.addProperty("function", name));
            }
        }
        return object;
    }

    private String function(RecordingReader recording, LastWrite write) throws RecordingException {
        return functionName(recording, write).map(name -> " <" + name + ">").orElse("");
    }

    private Optional<String> functionName(RecordingReader recording, LastWrite write) throws RecordingException {
        Path elf = symbols != null ? symbols : Path.of(recording.facts().getOrDefault("symbols", ""));
        return Symbols.of(elf).name(write.where().rip());
    }

    /** What a device wrote at the instant of the write. */
    private static Optional<TraceEvent> event(RecordingReader recording, LastWrite write) throws RecordingException {
        EventTable table = new EventTable(recording);
        long instant = write.where().instant();
        return table.rows(table.rowAt(instant), MOST_AT_AN_INSTANT).stream()
                .filter(event -> event.instant() == instant && event.kind() == EventKind.DMA.number)
                .findFirst();
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(command.commandLine(), message);
    }
}
