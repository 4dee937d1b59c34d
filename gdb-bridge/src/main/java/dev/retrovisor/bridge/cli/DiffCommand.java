// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Symbols;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
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

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        try (RecordingReader one = RecordingReader.open(first);
                RecordingReader other = RecordingReader.open(second)) {
            if (!one.machine().equals(other.machine())) {
                out.println("they were recorded on different machines or monitors");
            }
            Console console = new Console(out, command.commandLine().getErr());
            boolean same = compare(new EventTable(one), new EventTable(other), console, symbols(one), out);
            out.flush();
            return same ? ExitCode.OK.number : ExitCode.SESSION_FAILED.number;
        }
    }

    private static Symbols symbols(RecordingReader recording) throws RecordingException {
        return Symbols.of(Path.of(recording.facts().getOrDefault("symbols", "")));
    }

    private boolean compare(EventTable one, EventTable other, Console console, Symbols symbols, PrintWriter out)
            throws RecordingException {
        Ticker ticker = new Ticker(console, "comparing");
        long common = Math.min(one.count(), other.count());
        for (long row = 0; row < common; row += ROWS) {
            ticker.percent((int) (row * 100 / common));
            List<TraceEvent> here = one.rows(row, ROWS);
            List<TraceEvent> there = other.rows(row, ROWS);
            for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
                if (!isSame(here.get(i), there.get(i))) {
                    show(one, row + i, here.get(i), there.get(i), new EventText(symbols), out);
                    return false;
                }
            }
        }
        return ends(one.count(), other.count(), out);
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

    private static void show(
            EventTable table, long row, TraceEvent here, TraceEvent there, EventText text, PrintWriter out)
            throws RecordingException {
        out.println("they part at event " + row + ":");
        long from = Math.max(0, row - BEFORE);
        table.rows(from, (int) (row - from)).forEach(event -> out.println("    " + text.line(event)));
        out.println("  < " + text.line(here));
        out.println("  > " + text.line(there));
    }

    private static boolean ends(long here, long there, PrintWriter out) {
        if (here == there) {
            out.println("the same " + here + " events");
            return true;
        }
        out.println("the same " + Math.min(here, there) + " events; then the " + (here < there ? "second" : "first")
                + " has " + Math.abs(here - there) + " more");
        return false;
    }
}
