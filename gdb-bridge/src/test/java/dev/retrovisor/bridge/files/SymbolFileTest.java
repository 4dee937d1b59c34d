// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SymbolFileTest {
    @TempDir
    Path directory;

    @Test
    void aSystemMapBecomesAnElfFileThatNmPrintsLikeIt() throws Exception {
        Path map = Files.writeString(
                directory.resolve("System.map-1.2"),
                """
                0000000000000000 A fixed_percpu_data
                ffffffff81000000 T _text
                ffffffff81000010 t inside
                ffffffff82000000 D data
                ffffffff83000000 T start_kernel
                ffffffff84000000 b _end
                """);
        Path elf;
        try (SymbolFile symbols = SymbolFile.of(map)) {
            elf = symbols.path();
            assertThat(nm(elf))
                    .isEqualTo(
                            """
                    0000000000000000 A fixed_percpu_data
                    ffffffff81000000 T _text
                    ffffffff81000010 t inside
                    ffffffff82000000 B data
                    ffffffff83000000 T start_kernel
                    ffffffff84000000 b _end
                    """);
        }
        assertThat(elf).doesNotExist();
    }

    @Test
    void anyOtherFileIsLeftAsItIs() throws Exception {
        for (String text : new String[] {"", "no addresses here\n", "\177ELF"}) {
            Path file = Files.writeString(directory.resolve("file"), text);
            try (SymbolFile symbols = SymbolFile.of(file)) {
                assertThat(symbols.path()).isEqualTo(file);
            }
            assertThat(file).exists();
        }
    }

    @Test
    void theMapBesideAKernelIsFound() throws Exception {
        Path kernel = directory.resolve("vmlinuz-1.2");
        assertThat(SystemMap.besides(kernel)).isEqualTo(kernel);
        Path map = Files.createFile(directory.resolve("System.map-1.2"));
        assertThat(SystemMap.besides(kernel)).isEqualTo(map);
        assertThat(SystemMap.besides(directory.resolve("bzImage"))).isEqualTo(directory.resolve("bzImage"));
    }

    private static String nm(Path elf) throws Exception {
        Process nm = new ProcessBuilder("nm", "-n", elf.toString())
                .redirectErrorStream(true)
                .start();
        return new String(nm.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
