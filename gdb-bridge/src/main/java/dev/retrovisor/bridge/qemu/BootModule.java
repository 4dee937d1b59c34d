// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.file.Path;

/** A file for the boot loader, with the words that follow its name on its command line. */
public record BootModule(Path file, String arguments) {
    /** As {@code -initrd} wants it: a comma separates modules, so one inside is doubled. */
    String forInitrd() {
        String line = arguments.isBlank() ? file.toString() : file + " " + arguments.strip();
        return line.replace(",", ",,");
    }
}
