// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file with symbols as a debugger can read it: the file itself, or an ELF file made of a System.map. Owns what it made. */
public final class SymbolFile implements AutoCloseable {
    private static final String NAME = "kernel.elf";

    private final Path path;
    private final Optional<Path> directory;

    private SymbolFile(Path path, Optional<Path> directory) {
        this.path = path;
        this.directory = directory;
    }

    /** What cannot be read is left as it is. */
    public static SymbolFile of(Path file) {
        Optional<List<SymbolElf.Symbol>> symbols = Files.isReadable(file) ? SystemMap.read(file) : Optional.empty();
        if (symbols.isEmpty()) {
            return new SymbolFile(file, Optional.empty());
        }
        try {
            Path directory = Files.createTempDirectory("retrovisor-symbols");
            Path elf = Files.write(directory.resolve(NAME), SymbolElf.of(symbols.get()));
            return new SymbolFile(elf, Optional.of(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        if (directory.isEmpty()) {
            return;
        }
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
