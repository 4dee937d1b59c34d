// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that look like kernels. */
public final class Images {
    private static final int MAGIC = 0x1BADB002;
    private static final int FLAGS = 3;

    private Images() {}

    /** With a Multiboot 1 header at {@code offset}. */
    public static Path multiboot(Path directory, int offset) throws IOException {
        return write(directory.resolve("guest.elf"), offset, -(MAGIC + FLAGS));
    }

    public static Path monitor(Path directory) throws IOException {
        return write(directory.resolve("monitor.bin"), 0, -(MAGIC + FLAGS));
    }

    public static Path brokenMultiboot(Path directory) throws IOException {
        return write(directory.resolve("broken.elf"), 0, 12345);
    }

    /** The first bytes of a bzImage (Linux, Documentation/arch/x86/boot.rst). */
    public static Path linux(Path directory, int version, int extendedLoadFlags, int loadFlags) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0x1fe, (short) 0xaa55).putInt(0x202, 0x53726448).putShort(0x206, (short) version);
        bytes.put(0x211, (byte) loadFlags).putShort(0x236, (short) extendedLoadFlags);
        return Files.write(directory.resolve("vmlinuz-1.2"), bytes.array());
    }

    private static Path write(Path file, int offset, int checksum) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(offset + 12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(offset);
        bytes.putInt(MAGIC).putInt(FLAGS).putInt(checksum);
        return Files.write(file, bytes.array());
    }
}
