// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Our commands for gdb, as a file that gdb can read. Owns the file and its directory. */
public final class GdbScript implements AutoCloseable {
    /** Of which it is made. */
    private static final List<String> PARTS = List.of("retro.py", "retro_linux.py");

    /** What it is called, on this machine and for {@code remote get}. */
    public static final String NAME = "retro.py";

    private final Path directory;

    private GdbScript(Path directory) {
        this.directory = directory;
    }

    /** Writes it to a new temporary directory that only this user can read. */
    public static GdbScript write() {
        try {
            GdbScript written = new GdbScript(Files.createTempDirectory("retrovisor-gdb"));
            try (OutputStream file = Files.newOutputStream(written.path())) {
                for (String part : PARTS) {
                    try (InputStream script =
                            GdbScript.class.getResourceAsStream("/dev/retrovisor/bridge/gdb/" + part)) {
                        script.transferTo(file);
                    }
                }
            }
            return written;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return directory.resolve(NAME);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
