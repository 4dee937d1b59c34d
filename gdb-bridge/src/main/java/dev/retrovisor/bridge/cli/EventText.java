// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.DmaChange;
import dev.retrovisor.store.query.Symbols;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** An event as a line for people: its number, what the event says of itself, the function, the device, the first bytes. */
final class EventText {
    private static final int MOST_BYTES = 16;

    private final Symbols symbols;

    EventText(Symbols symbols) {
        this.symbols = symbols;
    }

    String line(TraceEvent event) {
        StringBuilder line =
                new StringBuilder("#").append(event.number()).append("  ").append(event);
        symbols.name(event.rip())
                .ifPresent(name -> line.append(" <").append(name).append('>'));
        if (event.kind() == EventKind.DMA.number) {
            line.append("  ").append(dma(event));
        } else if (event.data().length > 0) {
            line.append("  ").append(bytes(event.data()));
        }
        return line.toString();
    }

    private static String dma(TraceEvent event) {
        Optional<String> device = DmaChange.device(event);
        return "by " + device.orElse("a device") + ", " + DmaChange.bytes(event) + " bytes changed"
                + DmaChange.written(event).stream()
                        .findFirst()
                        .map(first -> " from " + Numbers.hex(first.address()) + ": " + bytes(first.bytes()))
                        .orElse("");
    }

    private static String bytes(byte[] bytes) {
        String shown = HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES)));
        return bytes.length > MOST_BYTES ? shown + " ..." : shown;
    }
}
