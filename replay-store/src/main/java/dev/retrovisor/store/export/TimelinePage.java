// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.retrovisor.store.format.Checkpoints;
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
import dev.retrovisor.store.query.Rates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * One HTML page with a recording's events over time, which needs nothing else and no network. It holds counts for each of {@value
 * #BINS} bins of time, and a line of text for the first event of each bin, or for all of them where there are few.
 */
public final class TimelinePage {
    private static final int BINS = 16384;
    private static final int FEW = 20_000;
    private static final String PLACE = "@DATA@";

    /** A lane of the chart: what is counted together; no kinds mean the bytes that devices wrote. */
    private record Lane(String name, String unit, String color, List<EventKind> kinds) {}

    private static final List<Lane> LANES = List.of(
            new Lane("interrupts", "interrupts", "#7a5cd6", List.of(EventKind.INTERRUPT, EventKind.NMI)),
            new Lane("port I/O", "accesses", "#2f7de1", List.of(EventKind.PORT_READ, EventKind.PORT_WRITE)),
            new Lane("device memory", "accesses", "#0f9d8f", List.of(EventKind.DEVICE_READ, EventKind.DEVICE_WRITE)),
            new Lane("DMA", "bytes", "#d9730d", List.of()),
            new Lane(
                    "clocks, MSRs, CPUID",
                    "reads and writes",
                    "#8a8f9c",
                    List.of(
                            EventKind.TSC,
                            EventKind.MSR_READ,
                            EventKind.MSR_WRITE,
                            EventKind.CPUID,
                            EventKind.PMC,
                            EventKind.CR8_READ,
                            EventKind.CR8_WRITE)),
            new Lane(
                    "debugger", "writes", "#c2344d", List.of(EventKind.DEBUGGER_MEMORY, EventKind.DEBUGGER_REGISTERS)));

    private final RecordingReader recording;
    private final EventTable table;
    private final Function<TraceEvent, String> text;
    private final LongConsumer progress;

    private TimelinePage(
            RecordingReader recording, EventTable table, Function<TraceEvent, String> text, LongConsumer progress) {
        this.recording = recording;
        this.table = table;
        this.text = text;
        this.progress = progress;
    }

    /**
     * The page.
     *
     * @param text says an event as a line
     * @param progress is told how many events have been looked at
     */
    public static String of(
            RecordingReader recording, EventTable table, Function<TraceEvent, String> text, LongConsumer progress)
            throws RecordingException {
        JsonObject data = new TimelinePage(recording, table, text, progress).data();
        return template().replace(PLACE, new Gson().toJson(data));
    }

    private static String template() {
        try (InputStream page = TimelinePage.class.getResourceAsStream("timeline.html")) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a resource of this program", e);
        }
    }

    private JsonObject data() throws RecordingException {
        Map<String, String> facts = recording.facts();
        Range instants = new Range(recording.base().instant(), last());
        JsonObject data = new JsonObject();
        data.addProperty("file", recording.file().toString());
        data.addProperty("title", recording.file().toFile().getName());
        data.addProperty(
                "about",
                facts.getOrDefault("guest", "a guest") + ", " + facts.getOrDefault("made", "no date") + ": "
                        + table.count() + " events, @" + instants.first() + " to @" + instants.last());
        data.addProperty("first", instants.first());
        data.addProperty("last", instants.last());
        data.addProperty("bins", BINS);
        Rates rates = Rates.of(table, instants, BINS, looked -> {
            progress.accept(looked);
            return true;
        });
        data.add("series", series(rates));
        data.addProperty("complete", table.count() <= FEW);
        data.add("samples", samples(rates));
        data.add("notes", notes());
        JsonArray checkpoints = new JsonArray();
        Checkpoints.listed(recording).forEach(checkpoint -> checkpoints.add(checkpoint.instant()));
        data.add("checkpoints", checkpoints);
        return data;
    }

    private long last() throws RecordingException {
        return Math.max(recording.end().instant(), table.instants().last());
    }

    private static JsonArray series(Rates rates) {
        JsonArray all = new JsonArray();
        for (Lane lane : LANES) {
            JsonObject series = new JsonObject();
            series.addProperty("name", lane.name);
            series.addProperty("unit", lane.unit);
            series.addProperty("color", lane.color);
            JsonArray sparse = new JsonArray();
            long total = 0;
            for (int bin = 0; bin < rates.bins(); bin++) {
                long count = count(rates, lane, bin);
                if (count > 0) {
                    sparse.add(bin);
                    sparse.add(count);
                    total += count;
                }
            }
            series.addProperty("total", total);
            series.add("sparse", sparse);
            all.add(series);
        }
        return all;
    }

    private static long count(Rates rates, Lane lane, int bin) {
        if (lane.kinds.isEmpty()) {
            return rates.dmaBytes(bin);
        }
        return lane.kinds.stream()
                .mapToLong(kind -> rates.count(kind.number, bin))
                .sum();
    }

    private JsonArray samples(Rates rates) throws RecordingException {
        boolean isAll = table.count() <= FEW;
        JsonArray samples = new JsonArray();
        int[] lastBin = {-1};
        new EventSearch(recording, table, EventFilter.ALL).forEach(event -> {
            int bin = rates.binOf(event.instant());
            if (isAll || bin != lastBin[0]) {
                samples.add(sample(event));
            }
            lastBin[0] = bin;
            return true;
        });
        return samples;
    }

    private JsonArray sample(TraceEvent event) {
        JsonArray sample = new JsonArray();
        sample.add(event.number());
        sample.add(event.instant());
        sample.add(text.apply(event));
        return sample;
    }

    private JsonArray notes() throws RecordingException {
        JsonArray notes = new JsonArray();
        for (Note note : Notes.of(recording)) {
            JsonObject object = new JsonObject();
            object.addProperty("instant", note.instant());
            object.addProperty("text", note.text());
            notes.add(object);
        }
        return notes;
    }
}
