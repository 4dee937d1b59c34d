// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.store.export.CsvExport;
import dev.retrovisor.store.export.PcapExport;
import dev.retrovisor.store.export.PerfettoExport;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Notes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The forms that events are exported in. */
enum ExportForm {
    CSV("As CSV...", "csv") {
        @Override
        void write(RecordingReader recording, EventTable table, EventSearch events, OutputStream out)
                throws RecordingException, IOException {
            Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CsvExport.write(events, text);
            text.flush();
        }
    },
    PERFETTO("For Perfetto...", "json") {
        @Override
        void write(RecordingReader recording, EventTable table, EventSearch events, OutputStream out)
                throws RecordingException, IOException {
            Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            PerfettoExport.write(events, Notes.of(recording), text);
            text.flush();
        }
    },
    PCAP("Packets as pcap...", "pcap") {
        @Override
        void write(RecordingReader recording, EventTable table, EventSearch events, OutputStream out)
                throws RecordingException, IOException {
            PcapExport.write(recording, table, events, out);
        }
    };

    final String title;
    final String suffix;

    ExportForm(String title, String suffix) {
        this.title = title;
        this.suffix = suffix;
    }

    static ExportForm of(String suffix) {
        return Arrays.stream(values())
                .filter(form -> form.suffix.equals(suffix))
                .findFirst()
                .orElseThrow();
    }

    abstract void write(RecordingReader recording, EventTable table, EventSearch events, OutputStream out)
            throws RecordingException, IOException;
}
