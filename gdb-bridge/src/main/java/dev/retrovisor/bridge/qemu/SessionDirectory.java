// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of this session's own, readable by its user only, for QEMU's socket and output. Directories that killed sessions
 * left behind go when the next one is made.
 */
final class SessionDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionDirectory.class);
    private static final String PREFIX = "retrovisor-";

    private final Path path;

    private SessionDirectory(Path path) {
        this.path = path;
    }

    static SessionDirectory create() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        removeLeftovers(parent);
        return new SessionDirectory(Files.createTempDirectory(
                parent, PREFIX + ProcessHandle.current().pid() + "-"));
    }

    Path uart() {
        return path.resolve("uart");
    }

    /** The socket of the monitor's virtio console. */
    Path console() {
        return path.resolve("console");
    }

    Path debugConsole() {
        return path.resolve("debugcon");
    }

    /** A name without spaces for {@code file}, which a boot loader's command line needs. */
    Path nameWithoutSpaces(Path file) throws IOException {
        if (!file.toString().contains(" ")) {
            return file;
        }
        String[] names = file.toString().split("/", -1);
        String name = names[names.length - 1].replace(' ', '_');
        Path link = Files.createTempDirectory(path, "module").resolve(name);
        return Files.createSymbolicLink(link, file.toAbsolutePath());
    }

    private static void removeLeftovers(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            entries.filter(SessionDirectory::isLeftover).forEach(SessionDirectory::removeTree);
        }
    }

    private static boolean isLeftover(Path entry) {
        String name = entry.getFileName().toString();
        return name.matches(PREFIX + "[0-9]+-[0-9]+")
                && !isAlive(name.substring(PREFIX.length(), name.lastIndexOf('-')))
                && Files.isWritable(entry);
    }

    private static boolean isAlive(String pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
        return process.isPresent();
    }

    private static void removeTree(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path one : deepestFirst) {
                Files.deleteIfExists(one);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} stays behind", root, e);
        }
    }

    @Override
    public void close() {
        removeTree(path);
    }
}
