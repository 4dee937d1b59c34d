// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The kinds of docs/spec/trace-format.md. A number that is not here is kept, and shown as {@code kind 42}. */
public enum EventKind {
    PORT_READ(1, "port read"),
    PORT_WRITE(2, "port write"),
    DEVICE_READ(3, "device read"),
    DEVICE_WRITE(4, "device write"),
    TSC(5, "rdtsc"),
    MSR_READ(6, "rdmsr"),
    MSR_WRITE(7, "wrmsr"),
    CPUID(8, "cpuid"),
    PMC(9, "rdpmc"),
    CR8_READ(10, "cr8 read"),
    CR8_WRITE(11, "cr8 write"),
    INTERRUPT(12, "interrupt"),
    NMI(13, "nmi"),
    DEBUGGER_MEMORY(14, "debugger write"),
    DEBUGGER_REGISTERS(15, "debugger registers"),
    DMA(16, "dma"),
    PLACE(17, "place");

    private static final Map<Integer, String> NAMES =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(kind -> kind.number, kind -> kind.words));

    /** On disk and on the wire. */
    public final int number;

    /** As the monitor says it. */
    public final String words;

    EventKind(int number, String words) {
        this.number = number;
        this.words = words;
    }

    /** Never empty, whatever the number. */
    public static String name(int number) {
        return NAMES.getOrDefault(number, "kind " + number);
    }

    /** The number of a name, with blanks or dashes in it, or of a number. */
    public static OptionalInt number(String name) {
        String words = name.replace('-', ' ');
        if (words.matches("(kind )?[0-9]{1,5}")) {
            return OptionalInt.of(Integer.parseInt(words.replace("kind ", "")));
        }
        return Arrays.stream(values())
                .filter(kind -> kind.words.equals(words))
                .mapToInt(kind -> kind.number)
                .findFirst();
    }
}
