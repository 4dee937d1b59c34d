// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.DmaChange;
import dev.retrovisor.store.query.Symbols;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** An event in all detail, as text for a font of fixed width: what it says, and its data in hexadecimal and as characters. */
public final class EventDetails {
    private static final int LINE_BYTES = 16;

    private EventDetails() {}

    public static String of(TraceEvent event, Symbols symbols) {
        StringBuilder text = new StringBuilder();
        text.append("event ").append(event.number()).append(" at @").append(Long.toUnsignedString(event.instant()));
        text.append('\n').append(sentence(event)).append('\n');
        text.append("instruction at ")
                .append(EventColumn.WHERE.text(event, symbols))
                .append('\n');
        if (event.kind() == EventKind.DMA.number) {
            for (DmaChange.Written piece : DmaChange.written(event)) {
                text.append('\n').append(dump(piece.address(), piece.bytes()));
            }
        } else if (event.data().length > 0) {
            long first = event.kind() == EventKind.DEBUGGER_MEMORY.number ? event.address() : 0;
            text.append('\n').append(dump(first, event.data()));
        }
        return text.toString();
    }

    private static String sentence(TraceEvent event) {
        String kind = EventKind.name(event.kind());
        if (event.kind() == EventKind.INTERRUPT.number) {
            return String.format(
                    Locale.ROOT, "interrupt, vector %d (0x%x)%s", event.address(), event.address(), exception(event));
        }
        if (event.kind() == EventKind.DMA.number) {
            return "dma: " + DmaChange.device(event).orElse("a device that is not known") + " changed "
                    + DmaChange.bytes(event) + " bytes in the page at " + EventColumn.hex(event.address())
                    + (event.width() == 1 ? " (noticed late: when exactly is not known)" : "");
        }
        if (event.kind() == EventKind.CPUID.number && event.data().length == 16) {
            return "cpuid " + cpuid(event);
        }
        String what = event.data().length > 0 ? event.data().length + " bytes" : value(event);
        String place = EventColumn.PLACE.text(event, Symbols.none());
        return kind + (place.isEmpty() ? "" : " " + place) + (event.width() == 0 ? "" : ", " + event.width() + " bytes")
                + ": " + what;
    }

    private static String cpuid(TraceEvent event) {
        ByteBuffer registers = ByteBuffer.wrap(event.data()).order(ByteOrder.LITTLE_ENDIAN);
        return String.format(
                Locale.ROOT,
                "leaf 0x%x, subleaf 0x%x: eax 0x%08x, ebx 0x%08x, ecx 0x%08x, edx 0x%08x",
                event.address() & 0xffffffffL,
                event.address() >>> 32,
                registers.getInt(),
                registers.getInt(),
                registers.getInt(),
                registers.getInt());
    }

    private static String exception(TraceEvent event) {
        return event.address() < 0x20 ? ", a vector of the CPU's exceptions" : "";
    }

    private static String value(TraceEvent event) {
        StringBuilder text = new StringBuilder(EventColumn.hex(event.value()));
        text.append(" = ").append(Long.toUnsignedString(event.value()));
        if (event.width() > 0 && event.width() <= 2) {
            String bits = Long.toBinaryString(event.value() & ((1L << (8 * event.width())) - 1));
            text.append(" = ")
                    .append("0".repeat(8 * event.width() - bits.length()))
                    .append(bits)
                    .append("b");
        }
        return event.value() >= 0x20 && event.value() < 0x7f
                ? text + " = '" + (char) event.value() + "'"
                : text.toString();
    }

    /** Sixteen bytes a line. */
    static String dump(long address, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += LINE_BYTES) {
            text.append(String.format(Locale.ROOT, "%08x  ", address + at));
            StringBuilder characters = new StringBuilder();
            for (int i = at; i < at + LINE_BYTES; i++) {
                boolean is = i < bytes.length;
                text.append(is ? String.format(Locale.ROOT, "%02x ", bytes[i]) : "   ");
                int one = is ? bytes[i] & 0xff : ' ';
                characters.append(one >= 0x20 && one < 0x7f ? (char) one : '.');
            }
            text.append(' ').append(characters).append('\n');
        }
        return text.toString();
    }
}
