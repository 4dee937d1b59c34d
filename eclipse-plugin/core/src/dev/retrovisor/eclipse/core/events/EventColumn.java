// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.DmaChange;
import dev.retrovisor.store.query.Symbols;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.BiFunction;

/** The columns in which events are shown. */
public enum EventColumn {
    INSTANT("Instant", 120, (event, symbols) -> "@" + Long.toUnsignedString(event.instant())),
    KIND("Kind", 120, (event, symbols) -> EventKind.name(event.kind())),
    PLACE("Address, port or vector", 150, (event, symbols) -> place(event)),
    WIDTH("Bytes", 60, (event, symbols) -> width(event)),
    VALUE("Value", 140, (event, symbols) -> value(event)),
    DATA("Data", 220, (event, symbols) -> data(event)),
    WHERE("Instruction", 220, (event, symbols) -> where(event, symbols)),
    DEVICE(
            "Device",
            150,
            (event, symbols) -> isDma(event) ? DmaChange.device(event).orElse("unknown") : "");

    private static final int MOST_BYTES = 16;

    public final String title;

    /** In pixels, at first. */
    public final int pixels;

    private final BiFunction<TraceEvent, Symbols, String> text;

    EventColumn(String title, int pixels, BiFunction<TraceEvent, Symbols, String> text) {
        this.title = title;
        this.pixels = pixels;
        this.text = text;
    }

    public String text(TraceEvent event, Symbols symbols) {
        return text.apply(event, symbols);
    }

    private static boolean isDma(TraceEvent event) {
        return event.kind() == EventKind.DMA.number;
    }

    private static boolean is(TraceEvent event, EventKind... kinds) {
        return Arrays.stream(kinds).anyMatch(kind -> kind.number == event.kind());
    }

    private static String width(TraceEvent event) {
        return event.width() == 0 || isDma(event) ? "" : String.valueOf(event.width());
    }

    private static String place(TraceEvent event) {
        boolean hasNone = is(
                event,
                EventKind.TSC,
                EventKind.CR8_READ,
                EventKind.CR8_WRITE,
                EventKind.NMI,
                EventKind.DEBUGGER_REGISTERS);
        return hasNone ? "" : hex(event.address());
    }

    private static String value(TraceEvent event) {
        boolean hasNone = event.data().length > 0 || is(event, EventKind.INTERRUPT, EventKind.NMI, EventKind.DMA);
        return hasNone ? "" : hex(event.value());
    }

    private static String data(TraceEvent event) {
        return isDma(event)
                ? DmaChange.bytes(event) + " bytes changed"
                        + DmaChange.written(event).stream()
                                .findFirst()
                                .map(first -> ": " + bytes(first.bytes()))
                                .orElse("")
                : bytes(event.data());
    }

    private static String bytes(byte[] bytes) {
        String shown = HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES)));
        return bytes.length > MOST_BYTES ? shown + " …" : shown;
    }

    private static String where(TraceEvent event, Symbols symbols) {
        return symbols.name(event.rip())
                .map(name -> name + " (" + hex(event.rip()) + ")")
                .orElse(hex(event.rip()));
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
