// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.Recordings;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Notes;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs are given: each event and note, once, as it is. */
class ExportsTest {
    private static final List<TraceEvent> EVENTS = Recordings.events(2_000);
    private static final String NOTE = "</script><b>\"here\" & 'there', \u00e4";

    @TempDir
    Path folder;

    private RecordingReader recording;
    private EventTable table;

    @BeforeEach
    void record() throws RecordingException {
        Path file = folder.resolve("a.retro");
        Recordings.whole(file, EVENTS);
        Notes.add(file, new Note(1234, "2026-01-01T00:00:00Z", NOTE));
        recording = RecordingReader.open(file);
        table = new EventTable(recording);
    }

    @AfterEach
    void close() {
        recording.close();
    }

    private EventSearch all() {
        return new EventSearch(recording, table, EventFilter.ALL);
    }

    private static int kind(String name) {
        return IntStream.rangeClosed(1, 17)
                .filter(kind -> EventKind.name(kind).equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void csvHasEachEvent() throws RecordingException, IOException {
        StringWriter out = new StringWriter();
        CsvExport.write(all(), out);
        String[] lines = out.toString().split("\r\n", -1);
        assertThat(lines[0]).isEqualTo("event,instant,kind,address,width,value,rip,data");
        assertThat(lines).hasSize(EVENTS.size() + 2);
        for (TraceEvent event : EVENTS) {
            assertThat(fromCsv(lines[(int) event.number() + 1])).isEqualTo(event);
        }
    }

    private static TraceEvent fromCsv(String line) {
        String[] fields = line.split(",", -1);
        assertThat(fields).hasSize(8);
        return new TraceEvent(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.decode(fields[6]),
                Long.decode(fields[3]),
                Long.parseUnsignedLong(fields[5].substring(2), 16),
                kind(fields[2]),
                Integer.parseInt(fields[4]),
                HexFormat.of().parseHex(fields[7]));
    }

    @Test
    void csvHasOnlyWhatIsSelected() throws RecordingException, IOException {
        StringWriter out = new StringWriter();
        CsvExport.write(new EventSearch(recording, table, EventFilter.ALL.withKinds(Set.of(3))), out);
        long wanted = EVENTS.stream().filter(event -> event.kind() == 3).count();
        assertThat(out.toString().lines().skip(1))
                .hasSize((int) wanted)
                .allMatch(line -> kind(line.split(",", -1)[2]) == 3);
    }

    @Test
    void perfettoHasEachEventAndNote() throws RecordingException, IOException {
        StringWriter out = new StringWriter();
        PerfettoExport.write(all(), Notes.of(recording), out);
        JsonArray written =
                JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("traceEvents");
        List<JsonObject> marks = StreamSupport.stream(written.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(one -> one.get("ph").getAsString().equals("i"))
                .toList();
        assertThat(marks).hasSize(EVENTS.size() + 1);
        assertThat(marks.get(0).get("name").getAsString()).isEqualTo(NOTE);
        assertThat(marks.get(0).get("ts").getAsDouble()).isEqualTo(1.234);
        for (TraceEvent event : EVENTS) {
            JsonObject mark = marks.get((int) event.number() + 1);
            JsonObject details = mark.getAsJsonObject("args");
            assertThat(mark.get("tid").getAsInt()).isEqualTo(event.kind());
            assertThat(mark.get("ts").getAsDouble()).isEqualTo(event.instant() / 1000.0);
            assertThat(details.get("event").getAsLong()).isEqualTo(event.number());
            assertThat(details.get("value").getAsString()).isEqualTo("0x" + Long.toHexString(event.value()));
            assertThat(details.get("rip").getAsString()).isEqualTo("0x" + Long.toHexString(event.rip()));
            assertThat(details.get("bytes").getAsInt()).isEqualTo(event.data().length);
        }
    }

    @Test
    void theTimelineCountsEachEventAndNoNoteEndsItsData() throws RecordingException {
        String page = TimelinePage.of(recording, table, event -> "number " + event.number(), looked -> {});
        String begin = "<script type=\"application/json\" id=\"data\">";
        String json = page.substring(page.indexOf(begin) + begin.length());
        JsonObject data = JsonParser.parseString(json.substring(0, json.indexOf("</script>")))
                .getAsJsonObject();
        assertThat(data.getAsJsonArray("notes")
                        .get(0)
                        .getAsJsonObject()
                        .get("text")
                        .getAsString())
                .isEqualTo(NOTE);
        assertThat(data.getAsJsonArray("checkpoints")).isEmpty();
        assertThat(data.get("complete").getAsBoolean()).isTrue();
        JsonArray samples = data.getAsJsonArray("samples");
        assertThat(samples).hasSize(EVENTS.size());
        assertThat(samples.get(77).getAsJsonArray().get(2).getAsString()).isEqualTo("number 77");
        assertThat(total(data, "port I/O")).isEqualTo(count(EventKind.PORT_READ, EventKind.PORT_WRITE));
        assertThat(total(data, "interrupts")).isEqualTo(count(EventKind.INTERRUPT, EventKind.NMI));
    }

    private static long count(EventKind one, EventKind other) {
        return EVENTS.stream()
                .filter(event -> event.kind() == one.number || event.kind() == other.number)
                .count();
    }

    /** The lane's total, which must be that of its bins. */
    private static long total(JsonObject data, String lane) {
        for (JsonElement one : data.getAsJsonArray("series")) {
            JsonObject series = one.getAsJsonObject();
            if (series.get("name").getAsString().equals(lane)) {
                JsonArray bins = series.getAsJsonArray("sparse");
                long sum = IntStream.range(0, bins.size() / 2)
                        .mapToLong(bin -> bins.get(2 * bin + 1).getAsLong())
                        .sum();
                assertThat(series.get("total").getAsLong()).isEqualTo(sum);
                return sum;
            }
        }
        throw new AssertionError("no lane " + lane);
    }
}
