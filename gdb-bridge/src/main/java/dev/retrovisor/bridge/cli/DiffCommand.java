// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonObject;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Symbols;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Where two runs part. */
@CommandLine.Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Finds the first event in which two recordings differ, and prints it with what came before.",
            "Exit code 0 if there is none, 1 if there is one."
        },
        footer = {"", "Example: retrovisor diff good.retro bad.retro"})
final class DiffCommand implements Callable<Integer> {
    private static final int ROWS = 4096;
    private static final int BEFORE = 3;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "a recording")
    private Path first;

    @CommandLine.Parameters(index = "1", paramLabel = "FILE", description = "another one")
    private Path second;

    @CommandLine.Option(
            names = "--ignore-instants",
            description = "events at other instants are the same; so runs can be compared that were not stopped alike")
    private boolean ignoreInstants;

    @CommandLine.Option(names = "--json", description = "as one JSON object")
    private boolean isJson;

    /** What was found: how many events are the same, and what comes then, if there is more in either. */
    private record Parting(long same, Optional<TraceEvent> here, Optional<TraceEvent> there) {
        boolean isNone() {
            return here.isEmpty() && there.isEmpty();
        }
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        try (RecordingReader one = RecordingReader.open(first);
                RecordingReader other = RecordingReader.open(second)) {
            Console console = new Console(out, command.commandLine().getErr());
            EventTable table = new EventTable(one);
            EventTable otherTable = new EventTable(other);
            Parting parting = compare(table, otherTable, console);
            boolean sameMachine = one.machine().equals(other.machine());
            if (isJson) {
                out.println(Json.line(json(parting, sameMachine)));
            } else {
                out.print(sameMachine ? "" : "they were recorded on different machines or monitors\n");
                print(parting, table, otherTable, new EventText(symbols(one)), out);
            }
            out.flush();
            return parting.isNone() ? ExitCode.OK.number : ExitCode.SESSION_FAILED.number;
        }
    }

    private static JsonObject json(Parting parting, boolean sameMachine) {
        JsonObject object = new JsonObject();
        object.addProperty("same-machine", sameMachine);
        object.addProperty("same-events", parting.same);
        object.addProperty("differ", !parting.isNone());
        parting.here.ifPresent(event -> object.add("first", Json.event(event)));
        parting.there.ifPresent(event -> object.add("second", Json.event(event)));
        return object;
    }

    private static Symbols symbols(RecordingReader recording) throws RecordingException {
        return Symbols.of(Path.of(recording.facts().getOrDefault("symbols", "")));
    }

    private Parting compare(EventTable one, EventTable other, Console console) throws RecordingException {
        Ticker ticker = new Ticker(console, "comparing");
        long common = Math.min(one.count(), other.count());
        for (long row = 0; row < common; row += ROWS) {
            ticker.percent((int) (row * 100 / common));
            List<TraceEvent> here = one.rows(row, ROWS);
            List<TraceEvent> there = other.rows(row, ROWS);
            for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
                if (!isSame(here.get(i), there.get(i))) {
                    return new Parting(row + i, Optional.of(here.get(i)), Optional.of(there.get(i)));
                }
            }
        }
        return new Parting(common, first(one.rows(common, 1)), first(other.rows(common, 1)));
    }

    private static Optional<TraceEvent> first(List<TraceEvent> rows) {
        return rows.stream().findFirst();
    }

    private boolean isSame(TraceEvent one, TraceEvent other) {
        return one.isSameAs(ignoreInstants ? at(other, one.instant()) : other);
    }

    private static TraceEvent at(TraceEvent event, long instant) {
        return new TraceEvent(
                event.number(),
                instant,
                event.rip(),
                event.address(),
                event.value(),
                event.kind(),
                event.width(),
                event.data());
    }

    private static void print(Parting parting, EventTable one, EventTable other, EventText text, PrintWriter out)
            throws RecordingException {
        if (parting.here.isEmpty() || parting.there.isEmpty()) {
            ends(one.count(), other.count(), out);
            return;
        }
        out.println("they part at event " + parting.same + ":");
        long from = Math.max(0, parting.same - BEFORE);
        one.rows(from, (int) (parting.same - from)).forEach(event -> out.println("    " + text.line(event)));
        out.println("  < " + text.line(parting.here.get()));
        out.println("  > " + text.line(parting.there.get()));
    }

    private static void ends(long here, long there, PrintWriter out) {
        if (here == there) {
            out.println("the same " + here + " events");
            return;
        }
        out.println("the same " + Math.min(here, there) + " events; then the " + (here < there ? "second" : "first")
                + " has " + Math.abs(here - there) + " more");
    }
}
