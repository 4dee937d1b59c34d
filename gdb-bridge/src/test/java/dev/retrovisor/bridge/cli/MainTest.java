// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpListsCommandsAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("run", "attach", "doctor", "Exit codes:", "3   a program is missing");
    }

    @Test
    void versionIsTheOneThatWasBuilt() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("retrovisor [0-9]+\\.[0-9]+\\.[0-9]+.*\\R");
    }

    @Test
    void anUnknownOptionIsOneLine() {
        assertUsage(
                "retrovisor: Unknown option: '--nonsense'; see: retrovisor run --help",
                "run",
                "--guest",
                "x",
                "--nonsense");
    }

    @Test
    void aMissingGuestOptionIsOneLine() {
        assertUsage(
                "retrovisor: Missing required option: '--guest=ELF', '--kernel=BZIMAGE', '--disk=IMAGE' or '--cdrom=ISO'; see: retrovisor run --help",
                "run");
    }

    @Test
    void noCommandIsOneLine() {
        assertUsage("retrovisor: Missing required subcommand; see: retrovisor --help");
    }

    @Test
    void aPortOutOfRangeStatesTheBound() {
        assertUsage(
                "retrovisor: --port: 70000 (expected: 0 to 65535); see: retrovisor attach --help",
                "attach",
                "--port",
                "70000",
                "--tcp",
                "localhost:1");
    }

    @Test
    void attachWantsExactlyOneAddress() {
        assertThat(run("attach")).isEqualTo(2);
        assertThat(run("attach", "--tcp", "a:1", "--unix", "b")).isEqualTo(2);
    }

    @Test
    void anAddressWithoutAPortIsOneLine() {
        assertUsage(
                "retrovisor: --tcp: localhost (expected: HOST:PORT, such as localhost:4444); see: retrovisor attach --help",
                "attach",
                "--port",
                "0",
                "--tcp",
                "localhost");
    }

    @Test
    void doctorNamesEveryProgram() {
        assertThat(run("doctor", "--port", "0")).isIn(0, 3);
        assertThat(out.toString()).contains("java", "qemu-system-x86_64", "gdb", "setpriv", "port");
    }

    @Test
    void wordsForAShellAreQuotedWhenTheyMustBe() {
        assertThat(Console.quoted("a/b.elf")).isEqualTo("a/b.elf");
        assertThat(Console.quoted("my guest's.elf")).isEqualTo("'my guest'\\''s.elf'");
    }

    @Test
    void aShellCompletesCommandsAndTheWordsOfOptions() throws Exception {
        assertThat(run("completion")).isZero();
        assertThat(completed("re")).containsExactly("record", "replay");
        assertThat(completed("be")).containsExactly("bench");
        assertThat(completed("replay", "a.retro", "--at", "")).contains("crash", "begin", "end");
        assertThat(completed("log", "a.retro", "--kind", "port")).containsExactly("port-read", "port-write");
        assertThat(completed("pack", "--fo")).containsExactly("--force");
    }

    /** What bash offers for the last word. */
    private List<String> completed(String... words) throws Exception {
        String script = out + "compopt() { :; }; COMP_WORDS=(retrovisor " + String.join(" ", quoted(words))
                + "); COMP_CWORD=" + words.length + "; _complete_retrovisor; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "--norc", "-s")
                .redirectErrorStream(true)
                .start();
        try (Writer input = bash.outputWriter()) {
            input.write(script);
        }
        List<String> lines = bash.inputReader().lines().map(String::strip).toList();
        assertThat(bash.waitFor()).isZero();
        return lines;
    }

    private static List<String> quoted(String... words) {
        return Arrays.stream(words).map(word -> "'" + word + "'").toList();
    }

    private void assertUsage(String message, String... arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo(message);
    }

    private int run(String... arguments) {
        return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
