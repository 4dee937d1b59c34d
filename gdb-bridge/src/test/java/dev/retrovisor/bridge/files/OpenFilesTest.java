// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.rsp.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenFilesTest {
    @TempDir
    Path directory;

    private Path program;
    private OpenFiles files;

    @BeforeEach
    void prepare() throws Exception {
        program = Files.writeString(directory.resolve("guest.elf"), "0123456789");
        Files.writeString(directory.resolve("secret"), "secret");
        files = new OpenFiles(ServedFiles.none().withProgram(program).with("retro.py", program));
    }

    @Test
    void theProgramIsNamedInPieces() {
        String name = program.toString();
        assertThat(ask("qXfer:exec-file:read:1:0,5")).isEqualTo("m" + name.substring(0, 5));
        assertThat(ask("qXfer:exec-file:read::5,fff")).isEqualTo("l" + name.substring(5));
        assertThat(ask("qXfer:exec-file:read::ffff,fff")).isEqualTo("l");
        assertThat(ask("qXfer:exec-file:read:1:x,5")).isEqualTo("E16");
    }

    @Test
    void withoutAProgramThereIsNoName() {
        OpenFiles none = new OpenFiles(ServedFiles.none());
        assertThat(none.answer(Bytes.ascii("qXfer:exec-file:read::0,5"))).contains(Bytes.ascii("E02"));
    }

    @Test
    void aFileIsReadFromAnywhereInIt() {
        assertThat(ask("vFile:setfs:0")).isEqualTo("F0");
        assertThat(ask(open(program.toString()))).isEqualTo("F1");
        assertThat(ask("vFile:pread:1,4,2")).isEqualTo("F4;2345");
        assertThat(ask("vFile:pread:1,fff,8")).isEqualTo("F2;89");
        assertThat(ask("vFile:pread:1,4,a")).isEqualTo("F0;");
        String stat = ask("vFile:fstat:1");
        assertThat(stat).startsWith("F40;").hasSize(4 + 64);
        assertThat(stat.substring(4 + 28, 4 + 36)).isEqualTo("\0\0\0\0\0\0\0\n");
        assertThat(ask("vFile:close:1")).isEqualTo("F0");
        assertThat(ask("vFile:close:1")).isEqualTo("F-1,9");
        assertThat(ask("vFile:pread:1,4,2")).isEqualTo("F-1,9");
    }

    @Test
    void noOtherFileCanBeNamedAndNothingWritten() {
        assertThat(ask(open(directory.resolve("secret").toString()))).isEqualTo("F-1,2");
        assertThat(ask(open(program + "/../secret"))).isEqualTo("F-1,2");
        assertThat(ask(open("/etc/passwd"))).isEqualTo("F-1,2");
        assertThat(ask(open("retro.py").replace(",0,", ",1,"))).isEqualTo("F-1,1e");
        assertThat(ask("vFile:unlink:" + hex("retro.py"))).isEqualTo("F-1,1e");
        assertThat(ask("vFile:readlink:" + hex("retro.py"))).isEmpty();
    }

    @Test
    void aClientHasSixteenFilesOpenAtMost() {
        for (int i = 1; i <= OpenFiles.MOST_OPEN; i++) {
            assertThat(ask(open("retro.py"))).isEqualTo("F" + Integer.toHexString(i));
        }
        assertThat(ask(open("retro.py"))).isEqualTo("F-1,17");
        assertThat(ask("vFile:close:3")).isEqualTo("F0");
        assertThat(ask(open("retro.py"))).isEqualTo("F3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vFile:open:",
                "vFile:open:zz,0,0",
                "vFile:pread:",
                "vFile:pread:1",
                "vFile:pread:x,y,z",
                "vFile:pread:1,ffffffffffffffff,0",
                "vFile:fstat:",
                "vFile:close:-1",
                "vFile:open:61"
            })
    void malformedRequestsAreErrors(String packet) {
        ask(open("retro.py"));
        assertThat(ask(packet)).isEqualTo("F-1,16");
    }

    @Test
    void otherPacketsAreNotOurs() {
        assertThat(files.answer(Bytes.ascii("qXfer:features:read:target.xml:0,10")))
                .isEmpty();
    }

    private static String open(String name) {
        return "vFile:open:" + hex(name) + ",0,1c0";
    }

    private static String hex(String name) {
        return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }

    private String ask(String packet) {
        return files.answer(Bytes.ascii(packet)).orElseThrow().text();
    }
}
