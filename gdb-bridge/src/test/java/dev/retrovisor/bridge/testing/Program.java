// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line as a process of its own. */
public final class Program implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("target remote localhost:([0-9]+)");
    private static final Pattern PID = Pattern.compile("QEMU is process ([0-9]+)");

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    private Program(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    public static Program start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.retrovisor.bridge.cli.Main"));
        command.addAll(List.of(arguments));
        return new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Reads until the gdb line; what it printed instead is the failure's message. */
    public int awaitPort() throws IOException {
        return (int) await(PORT);
    }

    /** Only after {@link #awaitPort}. */
    public long qemuPid() {
        return find(PID).orElseThrow();
    }

    private long await(Pattern pattern) throws IOException {
        while (find(pattern).isEmpty()) {
            String line = output.readLine();
            if (line == null) {
                throw new AssertionError("ended after: " + lines);
            }
            lines.add(line);
        }
        return find(pattern).orElseThrow();
    }

    private Optional<Long> find(Pattern pattern) {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(match -> Long.parseLong(match.group(1)))
                .findFirst();
    }

    /** Waits for its end; the exit code. */
    public int awaitEnd() throws InterruptedException, IOException {
        String line;
        while ((line = output.readLine()) != null) {
            lines.add(line);
        }
        process.waitFor(10, TimeUnit.SECONDS);
        return process.exitValue();
    }

    /** All it has printed, as far as it was read. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** As {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
    }

    /** As {@code kill} and Ctrl-C do. */
    public void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        kill();
    }
}
