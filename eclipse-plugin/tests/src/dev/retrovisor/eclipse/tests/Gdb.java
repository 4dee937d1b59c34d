// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A real gdb that looks at a session, and goes. */
final class Gdb {
    private static final Pattern REGISTER = Pattern.compile("^(\\w+) +0x([0-9a-f]+)", Pattern.MULTILINE);

    private Gdb() {}

    /** Some registers: general and system ones, in hexadecimal without leading zeros. */
    static Map<String, String> registers(int port) throws Exception {
        Process gdb = new ProcessBuilder(
                        "gdb",
                        "-nx",
                        "-batch",
                        "-iex",
                        "set auto-load off",
                        "-ex",
                        "target remote localhost:" + port,
                        "-ex",
                        "info registers rip rsp rax rbx rcx rdx rsi rdi cr0 cr3 gdtr_base")
                .redirectErrorStream(true)
                .start();
        String said = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> all = new TreeMap<>();
        REGISTER.matcher(said).results().forEach(found -> all.put(found.group(1), found.group(2)));
        assertFalse(all.size() < 11, said);
        return all;
    }
}
