// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.store.format.EventKind;
import java.util.Map;
import org.eclipse.swt.graphics.Color;

/** A colour for each group of kinds, readable on a light and on a dark background. */
final class KindColours {
    private static final Shade OTHER = Shade.of(0x6e6e6e, 0xaaaaaa);
    private static final Shade PORTS = Shade.of(0x005aaa, 0x6eb4ff);
    private static final Shade DEVICES = Shade.of(0x007350, 0x5ad2a0);
    private static final Shade TIME = Shade.of(0x6e5f28, 0xcdbe78);
    private static final Shade INTERRUPTS = Shade.of(0xb93c00, 0xffa05a);
    private static final Shade DMA = Shade.of(0x7d2896, 0xd796f0);
    private static final Shade DEBUGGER = Shade.of(0xb4003c, 0xff7896);

    private static final Map<Integer, Shade> BY_KIND = Map.ofEntries(
            Map.entry(EventKind.PORT_READ.number, PORTS),
            Map.entry(EventKind.PORT_WRITE.number, PORTS),
            Map.entry(EventKind.DEVICE_READ.number, DEVICES),
            Map.entry(EventKind.DEVICE_WRITE.number, DEVICES),
            Map.entry(EventKind.TSC.number, TIME),
            Map.entry(EventKind.INTERRUPT.number, INTERRUPTS),
            Map.entry(EventKind.NMI.number, INTERRUPTS),
            Map.entry(EventKind.DMA.number, DMA),
            Map.entry(EventKind.DEBUGGER_MEMORY.number, DEBUGGER),
            Map.entry(EventKind.DEBUGGER_REGISTERS.number, DEBUGGER));

    private KindColours() {}

    /** Not to be disposed of. */
    static Color of(int kind, Color background) {
        return BY_KIND.getOrDefault(kind, OTHER).on(background);
    }
}
