// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonObject;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The recordings in a folder. */
@CommandLine.Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the recordings in a folder: when and of what, how long, how many events.",
        footer = {"", "Example: retrovisor ls recordings"})
final class LsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = ".",
            paramLabel = "FOLDER",
            description = "default: this one")
    private Path folder;

    @CommandLine.Option(names = "--json", description = "one JSON object a line")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        if (!Files.isDirectory(folder)) {
            throw new SessionException(folder + ": no such folder");
        }
        for (Path file : recordings()) {
            try (RecordingReader recording = RecordingReader.open(file)) {
                print(file, InfoCommand.describe(recording), out);
            } catch (RecordingException e) {
                command.commandLine().getErr().println("retrovisor: " + e.getMessage());
            }
        }
        out.flush();
        return ExitCode.OK.number;
    }

    private List<Path> recordings() throws SessionException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".retro"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SessionException(folder + ": cannot be read: " + e.getMessage());
        }
    }

    private void print(Path file, JsonObject object, PrintWriter out) {
        if (isJson) {
            object.addProperty("file", file.toString());
            out.println(Json.line(object));
            return;
        }
        out.printf(
                "%-28s %-20s %-16s %10d KB  @%d to @%d, %d events%s%n",
                folder.relativize(file),
                word(object, "made"),
                Path.of(word(object, "guest")).getFileName(),
                object.get("file-bytes").getAsLong() / 1024,
                object.get("first-instant").getAsLong(),
                object.get("last-instant").getAsLong(),
                object.get("events").getAsLong(),
                "whole".equals(word(object, "state")) ? "" : "  (" + word(object, "state") + ")");
    }

    private static String word(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "-";
    }
}
