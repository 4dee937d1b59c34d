// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.Migration;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** For recordings of older versions. */
@CommandLine.Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a recording of an older format one of the newest, in its file: smaller, and questions become quick. Without it an",
            "older one can be read and replayed as well. What breaks it off leaves the old one."
        },
        footer = {"", "Example: retrovisor migrate crash.retro"})
final class MigrateCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        long before;
        long events;
        try (RecordingReader recording = RecordingReader.open(file)) {
            before = recording.version();
            events = Math.max(1, recording.events());
        }
        Ticker ticker = new Ticker(console, "migrating");
        Migration.run(file, looked -> ticker.percent((int) (looked * 100 / events)));
        try (RecordingReader recording = RecordingReader.open(file)) {
            console.say(file + ": format version " + recording.version()
                    + (before == recording.version() ? " already" : " (was: " + before + ")"));
        }
        return ExitCode.OK.number;
    }
}
