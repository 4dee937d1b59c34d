// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.Note;
import java.util.HexFormat;

/** What {@code --json} prints: one object a line. Addresses and values are strings, since JSON's numbers have 53 bits. */
final class Json {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private Json() {}

    static String line(JsonObject object) {
        return GSON.toJson(object);
    }

    static JsonObject note(Note note) {
        JsonObject object = new JsonObject();
        object.addProperty("note", note.text());
        object.addProperty("instant", note.instant());
        object.addProperty("made", note.made());
        return object;
    }

    static JsonObject event(TraceEvent event) {
        JsonObject object = new JsonObject();
        object.addProperty("event", event.number());
        object.addProperty("instant", event.instant());
        object.addProperty("kind", EventKind.name(event.kind()));
        object.addProperty("address", Numbers.hex(event.address()));
        object.addProperty("width", event.width());
        object.addProperty("value", Numbers.hex(event.value()));
        object.addProperty("rip", Numbers.hex(event.rip()));
        if (event.data().length > 0) {
            object.addProperty("data", HexFormat.of().formatHex(event.data()));
        }
        return object;
    }
}
