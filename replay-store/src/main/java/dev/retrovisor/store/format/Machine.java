// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.util.List;
import java.util.Optional;

/**
 * What was recorded on, in the monitor's words (docs/spec/rsp-extensions.md, qRetro.Machine): lines of words, numbers
 * hexadecimal.
 */
public record Machine(List<String> lines) {
    public Machine {
        lines = List.copyOf(lines);
    }

    /** The words after the first, of the first line that begins with {@code name}. */
    public Optional<List<String>> words(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> List.of(line.substring(name.length() + 1).split(" ", -1)))
                .findFirst();
    }

    /** One of the words after {@code name} as a number. */
    public long number(String name, int index) {
        return words(name)
                .filter(words -> words.size() > index)
                .map(words -> Long.parseUnsignedLong(words.get(index), 16))
                .orElse(0L);
    }

    /** Pages of device memory that the guest found to be nothing. */
    public List<Long> hiddenPages() {
        return lines.stream()
                .filter(line -> line.startsWith("hidden-page "))
                .map(line -> Long.parseUnsignedLong(line.substring("hidden-page ".length()), 16))
                .toList();
    }

    /** EAX, EBX, ECX or EDX (0 to 3) of a CPUID leaf that the monitor told. */
    public Optional<Long> cpuid(long leaf, long subleaf, int register) {
        String start = "cpuid " + Long.toHexString(leaf) + " " + Long.toHexString(subleaf) + " ";
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .map(line ->
                        Long.parseUnsignedLong(line.substring(start.length()).split(" ", -1)[register], 16))
                .findFirst();
    }

    /** The CPU's own name for itself. */
    public String processor() {
        StringBuilder name = new StringBuilder();
        for (long leaf = 0x80000002L; leaf <= 0x80000004L; leaf++) {
            for (int register = 0; register < 4; register++) {
                long four = cpuid(leaf, 0, register).orElse(0L);
                for (int i = 0; i < 4; i++) {
                    char c = (char) ((four >> (8 * i)) & 0xff);
                    name.append(c == 0 ? "" : String.valueOf(c));
                }
            }
        }
        return name.toString().strip();
    }
}
