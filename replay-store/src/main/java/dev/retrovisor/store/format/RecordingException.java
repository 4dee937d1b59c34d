// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.file.Path;

/** A recording that cannot be read, or written any further. The message is one line: the file, the place in it, and why. */
public final class RecordingException extends Exception {
    private static final long serialVersionUID = 1L;

    public RecordingException(Path file, String why) {
        super(file + ": " + oneLine(why));
    }

    RecordingException(Path file, String where, Exception cause) {
        super(file + ": " + where + ": " + oneLine(String.valueOf(cause.getMessage())), cause);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
