// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.session.SessionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** A file that a command makes: one that is there is replaced only if the user says so. */
final class Output {
    @CommandLine.Option(names = "--force", description = "replace a file that is there")
    private boolean force;

    /** Refuses if the file is there and may not be replaced, or is the recording that it is made from. */
    void check(Path file, Path recording) throws SessionException {
        refuseSource(file, recording, "the recording");
        if (Files.exists(file) && !force) {
            throw new SessionException(file + ": is there already (expected: a new file, or --force)");
        }
    }

    /**
     * Removes a recording that may be replaced, with what SQLite may have left beside it; the store refuses the others.
     *
     * @param source what it is made from, {@code what} is its name
     */
    void makeRoom(Path recording, Path source, String what) throws SessionException {
        refuseSource(recording, source, what);
        if (!force || !Files.isRegularFile(recording)) {
            return;
        }
        try {
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(Path.of(recording + suffix));
            }
        } catch (IOException e) {
            throw new SessionException(recording + ": cannot be replaced: " + e.getMessage());
        }
    }

    private static void refuseSource(Path file, Path source, String what) throws SessionException {
        try {
            if (Files.exists(file) && Files.exists(source) && Files.isSameFile(file, source)) {
                throw new SessionException(file + ": is " + what + " itself (expected: another file)");
            }
        } catch (IOException e) {
            throw new SessionException(file + ": " + e.getMessage());
        }
    }
}
