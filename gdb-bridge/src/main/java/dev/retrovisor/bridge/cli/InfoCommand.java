// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.retrovisor.store.format.Checkpoints;
import dev.retrovisor.store.format.Gap;
import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Notes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** What a recording says about itself. */
@CommandLine.Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Says what was recorded, on what, how long, and whether a part is missing.",
        footer = {"", "Example: retrovisor info crash.retro"})
final class InfoCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(names = "--json", description = "as one JSON object")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        try (RecordingReader recording = RecordingReader.open(file)) {
            JsonObject object = describe(recording);
            if (isJson) {
                out.println(Json.line(object));
            } else {
                object.entrySet().forEach(entry -> print(entry.getKey(), entry.getValue(), out));
            }
        }
        out.flush();
        return ExitCode.OK.number;
    }

    private static void print(String name, com.google.gson.JsonElement value, PrintWriter out) {
        if (value.isJsonArray()) {
            value.getAsJsonArray().forEach(line -> out.printf("%-18s %s%n", name, line.getAsString()));
        } else {
            out.printf("%-18s %s%n", name, value.getAsString());
        }
    }

    /** Everything that can be said without looking through the events. */
    static JsonObject describe(RecordingReader recording) throws RecordingException {
        JsonObject object = new JsonObject();
        recording.facts().forEach(object::addProperty);
        object.addProperty("format", recording.version());
        RecordingReader.End end = recording.end();
        object.addProperty("first-instant", recording.base().instant());
        object.addProperty("last-instant", end.instant());
        object.addProperty("events", recording.events());
        object.addProperty("log-bytes", recording.logBytes());
        object.addProperty("file-bytes", recording.fileBytes());
        object.addProperty("state", end.isTorn() ? "not closed, or a part is missing" : "whole");
        object.addProperty("processor", recording.machine().processor());
        recording.machine().words("monitor").ifPresent(words -> object.addProperty("monitor", words.get(0)));
        recording.machine().words("clock").ifPresent(words -> object.addProperty("clock", words.get(0)));
        object.add("gap", gaps(recording));
        object.add("mark", marks(recording));
        object.add("note", notes(recording));
        object.add("checkpoint", checkpoints(recording));
        return object;
    }

    private static JsonArray gaps(RecordingReader recording) throws RecordingException {
        JsonArray lines = new JsonArray();
        for (Gap gap : recording.gaps()) {
            lines.add("after @" + gap.afterInstant() + ": " + gap.bytes() + " bytes of the log are missing");
        }
        return lines;
    }

    private static JsonArray marks(RecordingReader recording) throws RecordingException {
        JsonArray lines = new JsonArray();
        for (Mark mark : recording.marks()) {
            lines.add("@" + mark.instant() + ": state " + Long.toHexString(mark.digest()));
        }
        return lines;
    }

    private static JsonArray checkpoints(RecordingReader recording) throws RecordingException {
        JsonArray lines = new JsonArray();
        for (Checkpoints.Listed checkpoint : Checkpoints.listed(recording)) {
            lines.add("@" + checkpoint.instant() + ": before event " + checkpoint.events() + ", " + checkpoint.pages()
                    + " pages");
        }
        return lines;
    }

    private static JsonArray notes(RecordingReader recording) throws RecordingException {
        JsonArray lines = new JsonArray();
        for (Note note : Notes.of(recording)) {
            lines.add("@" + note.instant() + ": " + note.text());
        }
        return lines;
    }
}
