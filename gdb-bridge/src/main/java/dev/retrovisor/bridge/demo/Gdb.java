// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real gdb at the end of two pipes. Owns the process. */
final class Gdb implements AutoCloseable {
    private static final String DONE = "--- that was the answer ---";

    /** No colours, questions, pages or prompts: answers only. */
    private static final List<String> QUIET =
            List.of("set style enabled off", "set confirm off", "set pagination off", "set width 0", "set prompt");

    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    Gdb(Path program, Path symbols) throws IOException, DemoException {
        process = new ProcessBuilder(program.toString(), "-nx", "-q", symbols.toString())
                .redirectErrorStream(true)
                .start();
        commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
        for (String setting : QUIET) {
            ask(setting);
        }
    }

    /** What gdb answers, a line each, without empty lines at either end. */
    List<String> ask(String command) throws IOException, DemoException {
        commands.println(command);
        commands.println("echo \\n" + DONE + "\\n");
        List<String> answer = new ArrayList<>();
        String line = answers.readLine();
        while (line != null && !line.equals(DONE)) {
            answer.add(line);
            line = answers.readLine();
        }
        if (line == null) {
            throw new DemoException("gdb ended at: " + command);
        }
        return withoutEmptyEnds(answer);
    }

    private static List<String> withoutEmptyEnds(List<String> lines) {
        int from = 0;
        int to = lines.size();
        while (from < to && lines.get(from).isBlank()) {
            from++;
        }
        while (to > from && lines.get(to - 1).isBlank()) {
            to--;
        }
        return lines.subList(from, to);
    }

    /** Leaves the guest where it stands. */
    @Override
    public void close() {
        commands.println("disconnect");
        commands.println("quit");
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
