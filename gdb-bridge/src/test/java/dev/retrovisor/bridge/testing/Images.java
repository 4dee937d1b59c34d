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

    private static Path write(Path file, int offset, int checksum) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(offset + 12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(offset);
        bytes.putInt(MAGIC).putInt(FLAGS).putInt(checksum);
        return Files.write(file, bytes.array());
    }
}
