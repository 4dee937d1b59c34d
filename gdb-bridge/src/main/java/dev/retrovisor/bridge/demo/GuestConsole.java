// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the guest has printed, which QEMU writes into a file. */
final class GuestConsole {
    private static final Duration REPORT_EVERY = Duration.ofSeconds(2);
    private static final long LOOK_EVERY_MILLIS = 50;

    private final Path file;

    GuestConsole(Path file) {
        this.file = file;
    }

    List<String> lines() {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException notThereYet) {
            return List.of();
        }
    }

    /** Waits for a line that contains {@code text}; every two seconds {@code report} gets the last line so far. */
    String await(String text, Duration patience, Consumer<String> report) throws DemoException, InterruptedException {
        long start = System.nanoTime();
        long nextReport = start + REPORT_EVERY.toNanos();
        while (System.nanoTime() - start < patience.toNanos()) {
            List<String> lines = lines();
            Optional<String> found =
                    lines.stream().filter(line -> line.contains(text)).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - nextReport > 0) {
                report.accept(lines.isEmpty() ? "nothing yet" : lines.get(lines.size() - 1));
                nextReport += REPORT_EVERY.toNanos();
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
        throw new DemoException("the guest has not printed \"" + text + "\" within " + patience.toSeconds() + " s");
    }
}
