// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Path;
import org.sqlite.JDBC;

/** Opens recordings. In OSGi nobody but us registers the database's driver. */
public final class Recordings {
    private Recordings() {}

    /** A recording; whoever asks closes it. */
    public static RecordingReader open(Path file) throws RecordingException {
        registerDriver();
        return RecordingReader.open(file);
    }

    /** Loads the driver's class, which registers itself. */
    public static boolean registerDriver() {
        return JDBC.isValidURL(JDBC.PREFIX);
    }
}
