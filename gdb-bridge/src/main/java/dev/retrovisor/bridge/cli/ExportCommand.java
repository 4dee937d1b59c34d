// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.export.CsvExport;
import dev.retrovisor.store.export.PcapExport;
import dev.retrovisor.store.export.PerfettoExport;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Notes;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** For other programs. */
@CommandLine.Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes events, all or those that the options select, in a form that other programs read: CSV, Perfetto",
            "(ui.perfetto.dev), or the network packets in them (Wireshark, tshark)."
        },
        footer = {"", "Example: retrovisor export crash.retro --pcap crash.pcap"})
final class ExportCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private FilterOptions filter;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.ArgGroup(multiplicity = "1")
    private Form form;

    @CommandLine.Mixin
    private Output output;

    /** One of them. */
    static final class Form {
        @CommandLine.Option(names = "--csv", paramLabel = "OUT", description = "where to; - is standard output")
        private String csv;

        @CommandLine.Option(names = "--perfetto", paramLabel = "OUT", description = "the same, as trace events")
        private String perfetto;

        @CommandLine.Option(names = "--pcap", paramLabel = "OUT", description = "the same, the packets that are found")
        private String pcap;

        private String out() {
            return csv != null ? csv : perfetto != null ? perfetto : pcap;
        }
    }

    @Override
    public Integer call() throws Exception {
        Console console = new Console(
                command.commandLine().getErr(), command.commandLine().getErr());
        try (RecordingReader recording = RecordingReader.open(file);
                OutputStream out = open(form.out())) {
            EventTable table = new EventTable(recording);
            EventSearch events = new EventSearch(recording, table, filter.filter(recording, filter.symbols(recording)));
            Ticker ticker = new Ticker(console, "exporting");
            long rows = Math.max(1, table.count());
            events.progress(looked -> ticker.percent((int) (looked * 100 / rows)));
            write(recording, table, events, out, console);
        } catch (IOException e) {
            throw new SessionException(form.out() + ": cannot be written: " + e.getMessage());
        }
        return ExitCode.OK.number;
    }

    private void write(
            RecordingReader recording, EventTable table, EventSearch events, OutputStream out, Console console)
            throws RecordingException, IOException {
        if (form.pcap != null) {
            long packets = PcapExport.write(recording, table, events, out);
            console.say(packets + " packets");
            return;
        }
        try (Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
            if (form.csv != null) {
                CsvExport.write(events, text);
            } else {
                PerfettoExport.write(events, Notes.of(recording), text);
            }
        }
    }

    @SuppressWarnings("SystemOut")
    private OutputStream open(String where) throws IOException, SessionException {
        if (!where.equals(STANDARD_OUTPUT)) {
            output.check(Path.of(where), file);
        }
        return new BufferedOutputStream(
                where.equals(STANDARD_OUTPUT) ? System.out : Files.newOutputStream(Path.of(where)));
    }
}
