// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which files there are, by the names a debugger uses.
 *
 * @param program the guest's file with symbols, if there is one
 * @param byName all of them
 */
public record ServedFiles(Optional<Path> program, Map<String, Path> byName) {
    public ServedFiles {
        byName = Map.copyOf(byName);
    }

    /** None at all. */
    public static ServedFiles none() {
        return new ServedFiles(Optional.empty(), Map.of());
    }

    /** The same files, and the guest's program under its absolute path. */
    public ServedFiles withProgram(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Map<String, Path> more = new java.util.HashMap<>(byName);
        more.put(absolute.toString(), absolute);
        return new ServedFiles(Optional.of(absolute), more);
    }

    /** The same files, and one more. */
    public ServedFiles with(String name, Path file) {
        Map<String, Path> more = new java.util.HashMap<>(byName);
        more.put(name, file);
        return new ServedFiles(program, more);
    }
}
