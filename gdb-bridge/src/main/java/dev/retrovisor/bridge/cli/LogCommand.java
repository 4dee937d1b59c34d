// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonObject;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Notes;
import dev.retrovisor.store.query.Range;
import dev.retrovisor.store.query.Symbols;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** The events of a recording. */
@CommandLine.Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the events of a recording: all, or those that the options select; and the notes between them."
        },
        footer = {
            "",
            "Examples:",
            "  retrovisor log crash.retro --port 0x300-0x31f --from @1000000 --limit 20",
            "  retrovisor log crash.retro --kind interrupt,dma --rip e1000_clean --json"
        })
final class LogCommand implements Callable<Integer> {
    /** To look at so many events takes a tenth of a second. */
    private static final long MOST_LOOKED = 1_000_000;

    /** So many lie in a few pieces. */
    private static final long FEW = 100;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private FilterOptions filter;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(names = "--limit", paramLabel = "N", description = "at most so many events")
    private long limit = Long.MAX_VALUE;

    @CommandLine.Option(names = "--count", description = "how many of each kind, in place of the events")
    private boolean isCount;

    @CommandLine.Option(
            names = "--checked",
            description = {
                "only from the log itself, which has checksums. Else a few events out of more than a million come from the",
                "table of events where that is quicker, and a warning says so"
            })
    private boolean isChecked;

    @CommandLine.Option(names = "--no-notes", description = "without the notes")
    private boolean noNotes;

    @CommandLine.Option(names = "--json", description = "one JSON object a line")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        Console console = new Console(out, command.commandLine().getErr());
        if (limit < 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--limit: " + limit + " (expected: 0 or more)");
        }
        try (RecordingReader recording = RecordingReader.open(file)) {
            Symbols symbols = filter.symbols(recording);
            EventTable table = new EventTable(recording);
            EventFilter wanted = filter.filter(recording, symbols);
            EventSearch search = new EventSearch(recording, table, wanted);
            Ticker ticker = new Ticker(console, "looking through the recording");
            long rows = Math.max(1, table.count());
            if (!isChecked && limit > FEW) {
                search.allowRows(MOST_LOOKED);
            }
            search.progress(looked -> ticker.percent((int) (looked * 100 / rows)));
            if (isCount) {
                count(search, out);
            } else {
                print(search, notes(recording, wanted.instants()), new EventText(symbols), out);
            }
            out.flush();
            if (search.usedRows()) {
                console.warn("these events are from the table of events, which has no checksums; with --checked they"
                        + " are read from the log, which has");
            }
        }
        return ExitCode.OK.number;
    }

    private Deque<Note> notes(RecordingReader recording, Range instants) throws RecordingException {
        Deque<Note> notes = new ArrayDeque<>(noNotes ? List.of() : Notes.of(recording));
        notes.removeIf(note -> !instants.contains(note.instant()));
        return notes;
    }

    /** Those behind the last event that {@code limit} allows are left out. */
    private void print(EventSearch search, Deque<Note> notes, EventText text, PrintWriter out)
            throws RecordingException {
        if (limit == 0) {
            return;
        }
        long[] left = {limit};
        search.forEach(event -> {
            writeNotes(notes, event.instant(), out);
            write(event, text, out);
            return --left[0] > 0;
        });
        if (left[0] > 0) {
            writeNotes(notes, -1, out);
        }
    }

    /** Those up to an instant. */
    private void writeNotes(Deque<Note> notes, long instant, PrintWriter out) {
        while (!notes.isEmpty() && Long.compareUnsigned(notes.peek().instant(), instant) <= 0) {
            Note note = notes.remove();
            out.write(isJson ? Json.line(Json.note(note)) : "@" + note.instant() + "  note: " + note.text());
            out.write('\n');
        }
    }

    private void write(TraceEvent event, EventText text, PrintWriter out) {
        out.write(isJson ? Json.line(Json.event(event)) : text.line(event));
        out.write('\n');
    }

    private void count(EventSearch search, PrintWriter out) throws RecordingException {
        Map<Integer, Long> counts = new TreeMap<>();
        search.forEach(event -> counts.merge(event.kind(), 1L, Long::sum) > 0);
        JsonObject object = new JsonObject();
        counts.forEach((kind, count) -> object.addProperty(EventKind.name(kind), count));
        if (isJson) {
            out.println(Json.line(object));
        } else {
            counts.forEach((kind, count) -> out.printf("%12d  %s%n", count, EventKind.name(kind)));
        }
    }
}
