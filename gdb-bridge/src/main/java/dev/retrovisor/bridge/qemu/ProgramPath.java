// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds programs as a shell would. */
public final class ProgramPath {
    private ProgramPath() {}

    /** The executable file called {@code program}: a path if there is a slash in it, else looked up in PATH. */
    public static Optional<Path> find(String program) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(ProgramPath::isProgram);
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(ProgramPath::isProgram)
                .findFirst();
    }

    /** The same, where it must be there. */
    public static Path require(String program, String debianPackage) throws ProgramMissingException {
        return find(program).orElseThrow(() -> new ProgramMissingException(program, debianPackage));
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
