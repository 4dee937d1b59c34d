// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Notes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Bookmarks. */
@CommandLine.Command(
        name = "note",
        mixinStandardHelpOptions = true,
        description = "Adds a note at an instant to a recording; without a text lists those that are there.",
        footer = {"", "Example: retrovisor note crash.retro --at @13370042 \"here the ring is overrun\""})
final class NoteCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "one line")
    private String text;

    @CommandLine.Option(
            names = "--at",
            defaultValue = "end",
            paramLabel = "WHERE",
            completionCandidates = Moment.Words.class,
            description = Moment.EXPECTED + " (default: ${DEFAULT-VALUE})")
    private String at;

    @CommandLine.Option(names = "--json", description = "one JSON object a line")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        try (RecordingReader recording = RecordingReader.open(file)) {
            if (text != null) {
                Notes.add(
                        file,
                        new Note(
                                Moment.within(command, "--at", at, recording),
                                Clock.systemUTC().instant().toString(),
                                text));
            }
            for (Note note : Notes.of(recording)) {
                out.println(
                        isJson
                                ? Json.line(Json.note(note))
                                : "@" + note.instant() + "  " + note.text() + "  (" + note.made() + ")");
            }
        }
        out.flush();
        return ExitCode.OK.number;
    }
}
