// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolsTest {
    @TempDir
    Path folder;

    /** A section of names and one of two symbols: main (0x1000, 16 bytes, a function), data (0x2000, an object). */
    private static byte[] elf() {
        ByteBuffer elf = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).putLong(0x28, 0x100);
        elf.putShort(0x3a, (short) 64).putShort(0x3c, (short) 2);
        elf.position(0x40).put("\0main\0data\0".getBytes(StandardCharsets.US_ASCII));
        symbol(elf, 0x60, 1, 2, 0x1000, 16);
        symbol(elf, 0x78, 6, 1, 0x2000, 8);
        elf.putInt(0x104, 3).putLong(0x118, 0x40).putLong(0x120, 11);
        elf.putInt(0x144, 2).putLong(0x158, 0x60).putLong(0x160, 48).putInt(0x168, 0);
        return elf.array();
    }

    private static void symbol(ByteBuffer elf, int at, int name, int type, long value, long size) {
        elf.putInt(at, name).put(at + 4, (byte) type).putShort(at + 6, (short) 1);
        elf.putLong(at + 8, value).putLong(at + 16, size);
    }

    private Symbols read(byte[] bytes) throws IOException {
        Path file = folder.resolve("file");
        Files.write(file, bytes);
        return Symbols.of(file);
    }

    @Test
    void functionsOfAnElfFileAreNamed() throws IOException {
        Symbols symbols = read(elf());
        assertThat(symbols.name(0x1000)).contains("main");
        assertThat(symbols.name(0x100f)).contains("main+0xf");
        assertThat(symbols.name(0x1010)).isEmpty();
        assertThat(symbols.name(0x2000)).isEmpty();
        assertThat(symbols.range("main")).contains(new Range(0x1000, 0x100f));
        assertThat(symbols.range("data")).isEmpty();
    }

    @Test
    void linesOfASystemMapAreNamed() throws IOException {
        Symbols symbols = read("ffffffff81000000 T _text\nffffffff81000100 t next\nffffffff82000000 D data\n"
                .getBytes(StandardCharsets.US_ASCII));
        assertThat(symbols.name(0xffffffff81000010L)).contains("_text+0x10");
        assertThat(symbols.range("_text")).contains(new Range(0xffffffff81000000L, 0xffffffff810000ffL));
    }

    @Test
    void aFileThatIsCutOffAnywhereHarmsNothing() throws IOException {
        byte[] whole = elf();
        for (int length = 0; length < whole.length; length++) {
            read(java.util.Arrays.copyOf(whole, length));
        }
        assertThat(Symbols.of(folder.resolve("none")).isEmpty()).isTrue();
    }
}
