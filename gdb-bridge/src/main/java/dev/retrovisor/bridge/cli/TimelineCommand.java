// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.export.TimelinePage;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A picture. */
@CommandLine.Command(
        name = "timeline",
        mixinStandardHelpOptions = true,
        description =
                "Makes an HTML page that shows a recording's events over time; any browser opens it, without a network.",
        footer = {"", "Example: retrovisor timeline crash.retro --html crash.html"})
final class TimelineCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Option(names = "--html", required = true, paramLabel = "OUT", description = "the page")
    private Path page;

    @CommandLine.Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getOut(), command.commandLine().getErr());
        output.check(page, file);
        try (RecordingReader recording = RecordingReader.open(file)) {
            EventTable table = new EventTable(recording);
            Symbols symbols = Symbols.of(Path.of(recording.facts().getOrDefault("symbols", "")));
            Ticker ticker = new Ticker(console, "looking through the recording");
            long rows = Math.max(1, table.count());
            String html = TimelinePage.of(
                    recording,
                    table,
                    new EventText(symbols)::line,
                    looked -> ticker.percent((int) (looked * 100 / rows)));
            Files.writeString(page, html);
        } catch (IOException e) {
            throw new SessionException(page + ": cannot be written: " + e.getMessage());
        }
        return ExitCode.OK.number;
    }
}
