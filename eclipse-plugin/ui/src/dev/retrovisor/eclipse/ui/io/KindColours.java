// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.store.format.EventKind;
import java.util.Arrays;
import java.util.Map;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;

/** A colour for each group of kinds, readable on a light and on a dark background. */
final class KindColours {
    private static final Color OTHER = new Color(120, 120, 120);
    private static final Color OTHER_DARK = new Color(170, 170, 170);

    private record Pair(Color light, Color dark) {}

    private static final Pair PORTS = new Pair(new Color(0, 90, 170), new Color(110, 180, 255));
    private static final Pair DEVICES = new Pair(new Color(0, 115, 80), new Color(90, 210, 160));
    private static final Pair TIME = new Pair(new Color(110, 95, 40), new Color(205, 190, 120));
    private static final Pair INTERRUPTS = new Pair(new Color(185, 60, 0), new Color(255, 160, 90));
    private static final Pair DMA = new Pair(new Color(125, 40, 150), new Color(215, 150, 240));
    private static final Pair DEBUGGER = new Pair(new Color(180, 0, 60), new Color(255, 120, 150));

    private static final Map<Integer, Pair> BY_KIND = Map.ofEntries(
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
        boolean isDark = isDark(background.getRGB());
        Pair pair = BY_KIND.get(kind);
        return pair == null ? (isDark ? OTHER_DARK : OTHER) : isDark ? pair.dark : pair.light;
    }

    /** The kinds, so that those of one colour are neighbours. */
    static int[] inOrder() {
        return Arrays.stream(EventKind.values()).mapToInt(kind -> kind.number).toArray();
    }

    static boolean isDark(RGB background) {
        return background.red + background.green + background.blue < 3 * 128;
    }
}
