// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An ELF file that holds nothing but symbols (System V ABI, chapter 4): code and data are sections without contents, so a
 * debugger can move them all, as for a kernel that was loaded elsewhere than it was linked.
 */
final class SymbolElf {
    /** One line of {@code nm}. */
    record Symbol(long address, char type, String name) {
        boolean isCode() {
            return type == 't' || type == 'T' || type == 'W' || type == 'w';
        }

        boolean isGlobal() {
            return Character.isUpperCase(type);
        }

        /** Offsets of per-CPU variables and the like are below: they do not move. */
        boolean moves() {
            return address < 0;
        }
    }

    /** Addresses between which all symbols are of one kind. */
    private record Stretch(boolean isCode, long start, long end) {}

    private static final Comparator<Symbol> BY_PLACE =
            Comparator.comparing(Symbol::isCode).reversed();
    private static final int HEADER = 64;
    private static final int SECTION = 64;
    private static final int ENTRY = 24;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int MACHINE_X86_64 = 62;
    private static final int SYMBOLS = 2;
    private static final int STRINGS = 3;
    private static final int NOTHING_STORED = 8;
    private static final int ALLOCATED = 2;
    private static final int WRITABLE = 1;
    private static final int EXECUTABLE = 4;
    private static final int INDEX_ABSOLUTE = 0xfff1;
    private static final int FUNCTION = 2;
    private static final int OBJECT = 1;
    private static final int GLOBAL = 0x10;
    private static final String NAMES = "\0.text\0.data\0.symtab\0.strtab\0.shstrtab\0";

    private final List<Symbol> symbols;
    private final List<Stretch> stretches = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final ByteBuffer table;

    private SymbolElf(List<Symbol> unsorted) {
        symbols = unsorted.stream()
                .sorted(Comparator.comparingLong(Symbol::address).thenComparing(BY_PLACE))
                .toList();
        table = buffer(ENTRY * (symbols.size() + 1));
    }

    static byte[] of(List<Symbol> symbols) {
        SymbolElf elf = new SymbolElf(symbols);
        elf.divide();
        elf.fillTable();
        return elf.file();
    }

    private void divide() {
        long start = 0;
        Symbol first = null;
        for (Symbol symbol : symbols) {
            if (!symbol.moves()
                    || (first != null && (symbol.isCode() == first.isCode() || symbol.address() == start))) {
                continue;
            }
            if (first != null) {
                stretches.add(new Stretch(first.isCode(), start, symbol.address()));
            }
            first = symbol;
            start = symbol.address();
        }
        if (first != null) {
            long last = symbols.stream()
                    .filter(Symbol::moves)
                    .mapToLong(Symbol::address)
                    .max()
                    .orElse(start);
            stretches.add(new Stretch(first.isCode(), start, last + 1));
        }
    }

    private void fillTable() {
        int stretch = 0;
        strings.write(0);
        table.position(ENTRY);
        for (Symbol symbol : symbols) {
            while (symbol.moves() && symbol.address() >= stretches.get(stretch).end()) {
                stretch++;
            }
            put(symbol, symbol.moves() ? 1 + stretch : INDEX_ABSOLUTE);
        }
    }

    private void put(Symbol symbol, int section) {
        table.putInt(strings.size());
        table.put((byte) ((symbol.isGlobal() ? GLOBAL : 0) | (symbol.isCode() ? FUNCTION : OBJECT)));
        table.put((byte) 0).putShort((short) section).putLong(symbol.address()).putLong(0);
        strings.writeBytes(symbol.name().getBytes(StandardCharsets.ISO_8859_1));
        strings.write(0);
    }

    private byte[] file() {
        byte[] names = NAMES.getBytes(StandardCharsets.US_ASCII);
        int stringsAt = HEADER + table.capacity();
        int namesAt = stringsAt + strings.size();
        int sectionsAt = namesAt + names.length;
        int sections = stretches.size() + 4;
        ByteBuffer file = buffer(sectionsAt + SECTION * sections);
        header(file, sectionsAt, sections);
        file.put(table.rewind()).put(strings.toByteArray()).put(names);
        file.position(sectionsAt + SECTION);
        for (Stretch one : stretches) {
            int flags = ALLOCATED | (one.isCode() ? EXECUTABLE : WRITABLE);
            section(
                    file,
                    one.isCode() ? ".text" : ".data",
                    NOTHING_STORED,
                    flags,
                    one.start(),
                    0,
                    one.end() - one.start());
        }
        section(file, ".symtab", SYMBOLS, 0, 0, HEADER, table.capacity());
        section(file, ".strtab", STRINGS, 0, 0, stringsAt, strings.size());
        section(file, ".shstrtab", STRINGS, 0, 0, namesAt, names.length);
        byte[] bytes = new byte[file.capacity()];
        file.rewind().get(bytes);
        return bytes;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void header(ByteBuffer file, int sectionsAt, int sections) {
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) TYPE_EXECUTABLE).putShort((short) MACHINE_X86_64).putInt(1);
        file.putLong(0).putLong(0).putLong(sectionsAt).putInt(0);
        file.putShort((short) HEADER).putShort((short) 0).putShort((short) 0);
        file.putShort((short) SECTION).putShort((short) sections).putShort((short) (sections - 1));
        file.position(HEADER);
    }

    private void section(ByteBuffer file, String name, int type, long flags, long address, long offset, long size) {
        boolean isTable = type == SYMBOLS;
        file.putInt(NAMES.indexOf(name + "\0")).putInt(type).putLong(flags);
        file.putLong(address).putLong(offset).putLong(size);
        file.putInt(isTable ? stretches.size() + 2 : 0).putInt(isTable ? 1 : 0);
        file.putLong(type == NOTHING_STORED ? 1 : 8).putLong(isTable ? ENTRY : 0);
    }
}
