// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** The file that a launch records into. It is never one that is there. Pure, but that it looks whether files are there. */
final class NewRecording {
    private static final String SUFFIX = ".retro";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private NewRecording() {}

    /**
     * In a folder it is named for configuration and time. A file that is there already is kept: the new one has a number after its name.
     *
     * @param output a .retro file, or a folder
     */
    static Path in(Path output, String configuration, LocalDateTime now) {
        if (!isFile(output)) {
            return free(output, configuration.replaceAll("[^\\p{L}\\p{N}._-]+", "_") + "-" + TIME.format(now));
        }
        String name = String.valueOf(output.getFileName());
        return free(output.resolveSibling(""), name.substring(0, name.length() - SUFFIX.length()));
    }

    private static boolean isFile(Path output) {
        return output.toString().endsWith(SUFFIX) && !Files.isDirectory(output);
    }

    private static Path free(Path folder, String name) {
        Path file = folder.resolve(name + SUFFIX);
        for (int number = 2; Files.exists(file); number++) {
            file = folder.resolve(name + "-" + number + SUFFIX);
        }
        return file;
    }
}
