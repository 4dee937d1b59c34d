// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/** The GNU build id of an ELF file (System V ABI, "Note Section"; type 3 of the owner GNU). */
final class ElfNote {
    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64 = 2;
    private static final int SECTION_NOTE = 7;
    private static final int TYPE_BUILD_ID = 3;
    private static final int OWNER_GNU = 0x00554e47;

    private ElfNote() {}

    /** None if there is none, or the file is no ELF file. */
    static Optional<String> buildId(Path file) {
        try {
            return buildId(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException | BufferUnderflowException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> buildId(ByteBuffer elf) {
        if (elf.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        boolean wide = elf.get(4) == CLASS_64;
        long sections = wide ? elf.getLong(0x28) : elf.getInt(0x20);
        int size = elf.getShort(wide ? 0x3a : 0x2e);
        int count = elf.getShort(wide ? 0x3c : 0x30);
        for (int i = 0; i < count; i++) {
            int at = (int) sections + i * size;
            if (elf.getInt(at + 4) == SECTION_NOTE) {
                int offset = (int) (wide ? elf.getLong(at + 0x18) : elf.getInt(at + 0x10));
                Optional<String> id = note(elf, offset);
                if (id.isPresent()) {
                    return id;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> note(ByteBuffer elf, int at) {
        int ownerLength = elf.getInt(at);
        int length = elf.getInt(at + 4);
        if (elf.getInt(at + 8) != TYPE_BUILD_ID || ownerLength != 4 || elf.getInt(at + 12) != OWNER_GNU) {
            return Optional.empty();
        }
        byte[] id = new byte[length];
        elf.get(at + 16, id);
        return Optional.of(HexFormat.of().formatHex(id));
    }
}
