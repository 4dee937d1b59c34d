// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Linux kernel's table of symbols, as {@code nm} prints it: {@code ffffffff81000000 T _text}. */
public final class SystemMap {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{16}) ([A-Za-z]) (\\S+)");
    private static final String KERNEL = "vmlinuz";

    private SystemMap() {}

    /** {@code System.map-VERSION} beside {@code vmlinuz-VERSION}, if it can be read; else the kernel itself, which has no symbols. */
    public static Path besides(Path kernel) {
        String name = String.valueOf(kernel.getFileName());
        Path map = kernel.resolveSibling("System.map" + name.substring(Math.min(name.length(), KERNEL.length())));
        return name.startsWith(KERNEL) && Files.isReadable(map) ? map : kernel;
    }

    /** Its symbols, if the file is a System.map. */
    static Optional<List<SymbolElf.Symbol>> read(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            Optional<String> first = firstLine(file);
            if (first.isEmpty() || !LINE.matcher(first.get()).matches()) {
                return Optional.empty();
            }
            return Optional.of(lines.map(LINE::matcher)
                    .filter(Matcher::matches)
                    .map(SystemMap::symbol)
                    .toList());
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> firstLine(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.findFirst();
        }
    }

    private static SymbolElf.Symbol symbol(Matcher line) {
        return new SymbolElf.Symbol(
                Long.parseUnsignedLong(line.group(1), 16), line.group(2).charAt(0), line.group(3));
    }
}
