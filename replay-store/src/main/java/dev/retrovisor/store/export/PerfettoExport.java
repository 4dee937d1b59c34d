// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import com.google.gson.stream.JsonWriter;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.Note;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * The JSON of the Trace Event Format, which ui.perfetto.dev and chrome://tracing open: a track for each kind, an instant event for
 * each event. One instant counts as a nanosecond.
 */
public final class PerfettoExport {
    private static final int NOTES = 0;
    private static final double INSTANTS_A_MICROSECOND = 1000;

    private final JsonWriter json;

    private PerfettoExport(JsonWriter json) {
        this.json = json;
    }

    public static void write(EventSearch events, List<Note> notes, Writer out) throws RecordingException, IOException {
        PerfettoExport export = new PerfettoExport(new JsonWriter(out));
        try {
            export.all(events, notes);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        export.json.flush();
    }

    private void all(EventSearch events, List<Note> notes) throws RecordingException, IOException {
        json.beginObject()
                .name("displayTimeUnit")
                .value("ns")
                .name("traceEvents")
                .beginArray();
        track(NOTES, "notes");
        for (EventKind kind : EventKind.values()) {
            track(kind.number, kind.words);
        }
        for (Note note : notes) {
            begin(note.text(), NOTES, note.instant());
            json.endObject();
        }
        events.forEach(event -> {
            event(event);
            return true;
        });
        json.endArray().endObject();
    }

    private void track(int number, String name) throws IOException {
        json.beginObject().name("ph").value("M").name("name").value("thread_name");
        json.name("pid").value(1).name("tid").value(number);
        json.name("args").beginObject().name("name").value(name).endObject().endObject();
    }

    private void begin(String name, int track, long instant) throws IOException {
        json.beginObject()
                .name("ph")
                .value("i")
                .name("s")
                .value("t")
                .name("name")
                .value(name);
        json.name("pid").value(1).name("tid").value(track).name("ts").value(instant / INSTANTS_A_MICROSECOND);
    }

    private void event(TraceEvent event) {
        try {
            begin(EventKind.name(event.kind()) + " " + hex(event.address()), event.kind(), event.instant());
            json.name("args").beginObject().name("event").value(event.number());
            json.name("value").value(hex(event.value())).name("width").value(event.width());
            json.name("bytes").value(event.data().length);
            json.name("rip").value(hex(event.rip())).endObject().endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
