// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.preferences.InstanceScope;

/** What the user has set for all launches: the preference page <em>Retrovisor</em>. */
public final class Settings {
    /** The node of the preferences, in the instance scope. */
    public static final String NODE = "dev.retrovisor.eclipse.core";

    /** Key: the QEMU that is started, a file or a name in PATH. */
    public static final String QEMU = "qemu";

    /** Key: the gdb that a debugger with sources starts; empty: what that debugger has chosen itself. */
    public static final String GDB = "gdb";

    /** Key: the monitor's image, a file. */
    public static final String MONITOR = "monitor";

    /** Key: the folder of recordings. */
    public static final String RECORDINGS = "recordings";

    public static final String DEFAULT_QEMU = "qemu-system-x86_64";

    private Settings() {}

    private static String get(String key, String otherwise) {
        String set = InstanceScope.INSTANCE.getNode(NODE).get(key, "");
        return set.isBlank() ? otherwise : set.strip();
    }

    public static String qemu() {
        return get(QEMU, DEFAULT_QEMU);
    }

    /** Empty: nothing was set. */
    public static Optional<String> gdb() {
        return Optional.of(get(GDB, "")).filter(set -> !set.isEmpty());
    }

    /** At first that of the tree which has started this Eclipse; empty if none has. */
    public static String monitor() {
        return get(MONITOR, defaultMonitor());
    }

    public static String defaultMonitor() {
        String home = System.getProperty("retrovisor.home", "");
        return home.isEmpty()
                ? ""
                : Path.of(home, "stub-monitor/build/monitor.bin").toString();
    }

    /** At first {@code recordings} in the workspace. */
    public static Path recordings() {
        return Path.of(get(RECORDINGS, defaultRecordings()));
    }

    public static String defaultRecordings() {
        return Path.of(Platform.getLocation().toOSString(), "recordings").toString();
    }

    /** What is wrong with a program, in a sentence for the user; empty if it can be run. */
    public static Optional<String> whatIsWrongWith(String program) {
        if (program.isEmpty()) {
            return Optional.of("a program is missing (expected: an executable file, or a name in PATH)");
        }
        return program.contains("/") || program.contains(File.separator)
                ? wrongFile(Path.of(program))
                : wrongName(program, System.getenv().getOrDefault("PATH", ""));
    }

    /** What is wrong with the monitor's image; empty if it can be read. */
    public static Optional<String> whatIsWrongWithImage(String image) {
        String expected = " (expected: the monitor's image, stub-monitor/build/monitor.bin)";
        if (image.isEmpty()) {
            return Optional.of("no image is named" + expected);
        }
        Path file = Path.of(image);
        return Files.isRegularFile(file) && Files.isReadable(file)
                ? Optional.empty()
                : Optional.of(image + ": no file that can be read is there" + expected);
    }

    /** What is wrong with a folder of recordings; it may be made later. */
    public static Optional<String> whatIsWrongWithFolder(String folder) {
        if (folder.isEmpty()) {
            return Optional.of("no folder is named (expected: the folder of recordings; it is made when it is needed)");
        }
        Path path = Path.of(folder);
        if (!path.isAbsolute()) {
            return Optional.of(folder + ": is no absolute path (expected: such as " + defaultRecordings() + ")");
        }
        return Files.exists(path) && !Files.isDirectory(path)
                ? Optional.of(folder + ": is a file (expected: a folder, or a path where one can be made)")
                : Optional.empty();
    }

    private static Optional<String> wrongFile(Path program) {
        return Files.isRegularFile(program) && Files.isExecutable(program)
                ? Optional.empty()
                : Optional.of(program + ": no program is there (expected: an executable file, or a name in PATH)");
    }

    private static Optional<String> wrongName(String program, String path) {
        boolean isThere = Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder))
                .anyMatch(folder -> Files.isExecutable(folder.resolve(program))
                        || Files.isExecutable(folder.resolve(program + ".exe")));
        return isThere
                ? Optional.empty()
                : Optional.of(program + ": no such program in PATH (expected: a name in PATH, or an absolute path)");
    }
}
