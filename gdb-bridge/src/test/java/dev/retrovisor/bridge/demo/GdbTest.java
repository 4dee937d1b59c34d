// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.qemu.ProgramPath;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GdbTest {
    private static final Path PROGRAM = Path.of("/bin/true");

    @Test
    void eachCommandHasItsOwnAnswer() throws Exception {
        try (Gdb gdb = new Gdb(ProgramPath.require("gdb", "gdb"), PROGRAM)) {
            assertThat(gdb.ask("print 6 * 7")).containsExactly("$1 = 42");
            assertThat(gdb.ask("set $a = 1")).isEmpty();
            assertThat(gdb.ask("printf \"one\\n\\ntwo\\n\"")).containsExactly("one", "", "two");
            assertThat(gdb.ask("nonsense")).containsExactly("Undefined command: \"nonsense\".  Try \"help\".");
        }
    }

    @Test
    void aGdbThatEndsIsSaid() throws Exception {
        try (Gdb gdb = new Gdb(ProgramPath.require("gdb", "gdb"), PROGRAM)) {
            assertThatThrownBy(() -> gdb.ask("quit"))
                    .isInstanceOf(DemoException.class)
                    .hasMessage("gdb ended at: quit");
        }
    }
}
