// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventSearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.HexFormat;
import java.util.Locale;

/** Comma-separated values (RFC 4180); addresses and values hexadecimal. No field needs quotes. */
public final class CsvExport {
    private static final String END_OF_LINE = "\r\n";

    private CsvExport() {}

    public static void write(EventSearch events, Writer out) throws RecordingException, IOException {
        out.write("event,instant,kind,address,width,value,rip,data" + END_OF_LINE);
        try {
            events.forEach(event -> {
                row(event, out);
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void row(TraceEvent event, Writer out) {
        try {
            out.write(String.format(
                    Locale.ROOT,
                    "%d,%d,%s,0x%x,%d,0x%x,0x%x,%s",
                    event.number(),
                    event.instant(),
                    EventKind.name(event.kind()),
                    event.address(),
                    event.width(),
                    event.value(),
                    event.rip(),
                    HexFormat.of().formatHex(event.data())));
            out.write(END_OF_LINE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
