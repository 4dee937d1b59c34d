// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real gdb that looks at a session, and goes. */
final class Gdb {
    private static final Pattern REGISTER = Pattern.compile("^(\\w+) +0x([0-9a-f]+)", Pattern.MULTILINE);
    private static final Pattern NOW = Pattern.compile("^now @(\\d+)", Pattern.MULTILINE);
    private static final Pattern FUNCTION = Pattern.compile("^(\\w+)(?: \\+ \\d+)? in section", Pattern.MULTILINE);
    private static final Pattern ADDRESS = Pattern.compile("is at address (0x[0-9a-f]+)|= \\(.*\\) (0x[0-9a-f]+)");

    /**
     * Who wrote memory.
     *
     * @param instant before the write
     */
    record Writer(long instant, String function) {}

    private Gdb() {}

    private static String say(String... commands) throws Exception {
        List<String> words = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-iex", "set auto-load off"));
        for (String command : commands) {
            words.add("-ex");
            words.add(command);
        }
        Process gdb = new ProcessBuilder(words).redirectErrorStream(true).start();
        return new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Some registers: general and system ones, in hexadecimal without leading zeros. */
    static Map<String, String> registers(int port) throws Exception {
        String said = say(
                "target remote localhost:" + port, "info registers rip rsp rax rbx rcx rdx rsi rdi cr0 cr3 gdtr_base");
        Map<String, String> all = new TreeMap<>();
        REGISTER.matcher(said).results().forEach(found -> all.put(found.group(1), found.group(2)));
        assertFalse(all.size() < 11, said);
        return all;
    }

    static String addressOf(Path elf, String variable) throws Exception {
        String said = say("file " + elf, "print &" + variable);
        Matcher found = ADDRESS.matcher(said);
        assertTrue(found.find(), said);
        return found.group(1) == null ? found.group(2) : found.group(1);
    }

    /** The last write of eight bytes, by a watchpoint and backwards. It has to be in control. */
    static Writer lastWriter(int port, Path elf, String address) throws Exception {
        String said = say(
                "file " + elf,
                "target remote localhost:" + port,
                "watch *(unsigned long long *) " + address,
                "reverse-continue",
                "monitor status",
                "info symbol $pc");
        Matcher now = NOW.matcher(said);
        Matcher function = FUNCTION.matcher(said);
        assertTrue(now.find() && function.find(), said);
        return new Writer(Long.parseLong(now.group(1)), function.group(1));
    }
}
