// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.Packer;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** For sending. */
@CommandLine.Command(
        name = "pack",
        mixinStandardHelpOptions = true,
        description = {
            "Copies a recording into a smaller file and seals it: verify says whether it was changed on its way. Everything in it",
            "is checked while it is read."
        },
        footer = {"", "Example: retrovisor pack crash.retro crash-packed.retro"})
final class PackCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Parameters(index = "1", paramLabel = "OUT", description = "the new file")
    private Path packed;

    @CommandLine.Option(
            names = "--no-rows",
            description =
                    "without the table of events for SQL: smaller; log, why, replay and the others work all the same")
    private boolean noRows;

    @CommandLine.Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        try (RecordingReader recording = RecordingReader.open(file)) {
            long begin = recording.base().position();
            long bytes = Math.max(1, recording.logBytes());
            output.makeRoom(packed, file, "the recording");
            Ticker ticker = new Ticker(console, "packing");
            Packer.pack(
                    recording, packed, !noRows, position -> ticker.percent((int) ((position - begin) * 100 / bytes)));
            console.say(packed + ": " + Files.size(packed) + " bytes (" + file + ": " + recording.fileBytes() + ")");
        }
        return ExitCode.OK.number;
    }
}
