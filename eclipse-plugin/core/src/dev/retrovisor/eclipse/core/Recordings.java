// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.JDBC;

/** Opens recordings. In OSGi nobody but us registers the database's driver. */
public final class Recordings {
    private Recordings() {}

    /** A recording; whoever asks closes it. */
    public static RecordingReader open(Path file) throws RecordingException {
        registerDriver();
        return RecordingReader.open(file);
    }

    /** Those in a folder (files that end in {@code .retro}), by name; a folder that is not there has none. */
    public static List<RecordingSummary> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".retro"))
                    .sorted()
                    .map(RecordingSummary::of)
                    .toList();
        }
    }

    /** Loads the driver's class, which registers itself. */
    public static boolean registerDriver() {
        return JDBC.isValidURL(JDBC.PREFIX);
    }
}
