// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The functions of a little-endian ELF file (System V ABI, "Symbol Table"), or of a Linux {@code System.map}. */
public final class Symbols {
    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64 = 2;
    private static final int SECTION_SYMBOLS = 2;
    private static final int NO_TYPE = 0;
    private static final int FUNCTION = 2;

    private record Function(String name, long size) {}

    private final TreeMap<Long, Function> functions = new TreeMap<>(Long::compareUnsigned);

    private Symbols() {}

    /** None at all. */
    public static Symbols none() {
        return new Symbols();
    }

    /** Of a file; empty ones where it cannot be read or is of another form. */
    public static Symbols of(Path file) {
        Symbols symbols = new Symbols();
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.remaining() > 4 && bytes.getInt(0) == MAGIC) {
                symbols.takeElf(bytes);
            } else {
                symbols.takeMap(StandardCharsets.ISO_8859_1.decode(bytes).toString());
            }
        } catch (IOException | BufferUnderflowException | IndexOutOfBoundsException e) {
            return none();
        }
        return symbols;
    }

    /** Lines of address, type and name, as of {@code nm}. */
    private void takeMap(String text) {
        text.lines()
                .map(line -> line.split(" ", 3))
                .filter(words -> words.length == 3 && words[0].matches("[0-9a-f]{8,16}") && words[1].matches("[tTwW]"))
                .forEach(words ->
                        functions.putIfAbsent(Long.parseUnsignedLong(words[0], 16), new Function(words[2], 0)));
    }

    private void takeElf(ByteBuffer elf) {
        boolean wide = elf.get(4) == CLASS_64;
        long sections = wide ? elf.getLong(0x28) : elf.getInt(0x20);
        int size = elf.getShort(wide ? 0x3a : 0x2e);
        int count = elf.getShort(wide ? 0x3c : 0x30);
        for (int i = 0; i < count; i++) {
            int at = (int) sections + i * size;
            if (elf.getInt(at + 4) == SECTION_SYMBOLS) {
                int names = (int) sections + elf.getInt(at + (wide ? 0x28 : 0x18)) * size;
                takeTable(elf, wide, at, offset(elf, wide, names));
            }
        }
    }

    private static int offset(ByteBuffer elf, boolean wide, int section) {
        return (int) (wide ? elf.getLong(section + 0x18) : elf.getInt(section + 0x10));
    }

    private void takeTable(ByteBuffer elf, boolean wide, int section, int names) {
        int table = offset(elf, wide, section);
        int bytes = (int) (wide ? elf.getLong(section + 0x20) : elf.getInt(section + 0x14));
        int step = wide ? 24 : 16;
        for (int at = table; at < table + bytes; at += step) {
            int type = elf.get(at + (wide ? 4 : 12)) & 0xf;
            long value = wide ? elf.getLong(at + 8) : elf.getInt(at + 4) & 0xffffffffL;
            boolean defined = elf.getShort(at + (wide ? 6 : 14)) > 0;
            String name = string(elf, names + elf.getInt(at));
            if (defined && (type == FUNCTION || type == NO_TYPE) && !name.isEmpty()) {
                long length = wide ? elf.getLong(at + 16) : elf.getInt(at + 8) & 0xffffffffL;
                functions.merge(value, new Function(name, length), (had, found) -> had.size > 0 ? had : found);
            }
        }
    }

    private static String string(ByteBuffer elf, int at) {
        int end = at;
        while (elf.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - at];
        elf.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    public boolean isEmpty() {
        return functions.isEmpty();
    }

    /** {@code function+0x12} for an address in a function, {@code function} at its beginning. */
    public Optional<String> name(long address) {
        Map.Entry<Long, Function> found = functions.floorEntry(address);
        if (found == null || !isInside(found, address)) {
            return Optional.empty();
        }
        long offset = address - found.getKey();
        String name = found.getValue().name;
        return Optional.of(
                offset == 0 ? name : name + "+0x" + Long.toHexString(offset).toLowerCase(Locale.ROOT));
    }

    /** Without a size a function reaches up to the next one. */
    private static boolean isInside(Map.Entry<Long, Function> function, long address) {
        long size = function.getValue().size;
        return size == 0 || Long.compareUnsigned(address - function.getKey(), size) < 0;
    }

    /** The addresses of a function, by its name. */
    public Optional<Range> range(String name) {
        return functions.entrySet().stream()
                .filter(entry -> entry.getValue().name.equals(name))
                .map(entry -> new Range(entry.getKey(), last(entry)))
                .findFirst();
    }

    private long last(Map.Entry<Long, Function> entry) {
        long size = entry.getValue().size;
        Long next = functions.higherKey(entry.getKey());
        return size > 0 ? entry.getKey() + size - 1 : next == null ? -1 : next - 1;
    }
}
