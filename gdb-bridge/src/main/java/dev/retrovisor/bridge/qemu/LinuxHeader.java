// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The setup header that makes a file a Linux kernel (Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"). */
final class LinuxHeader {
    /** The header stands within this many first bytes. */
    static final int SEARCH = 4096;

    private static final int BOOT_FLAG = 0x1fe;
    private static final int BOOT_FLAG_VALUE = 0xaa55;
    private static final int MAGIC = 0x202;
    private static final int MAGIC_VALUE = 0x53726448;
    private static final int VERSION = 0x206;
    private static final int LOAD_FLAGS = 0x211;
    private static final int LOADED_HIGH = 1;
    private static final int EXTENDED_LOAD_FLAGS = 0x236;
    private static final int KERNEL_64 = 1;
    private static final int END = 0x264;

    /** The first boot protocol that says whether there is a 64-bit entry point: Linux 3.8. */
    private static final int LEAST_VERSION = 0x20c;

    private LinuxHeader() {}

    /** What is wrong with a kernel that begins with {@code start}; nothing if the monitor can load it. */
    static Optional<String> complaint(byte[] start) {
        ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (start.length < END
                || bytes.getShort(BOOT_FLAG) != (short) BOOT_FLAG_VALUE
                || bytes.getInt(MAGIC) != MAGIC_VALUE) {
            return Optional.of(
                    "not a Linux bzImage (no setup header at 0x1f1); give the file that /boot calls vmlinuz");
        }
        int version = bytes.getShort(VERSION);
        if (version < LEAST_VERSION) {
            return Optional.of("its boot protocol is " + (version >> 8) + "." + (version & 0xff)
                    + " (expected: 2.12 or later, Linux 3.8)");
        }
        if ((bytes.getShort(EXTENDED_LOAD_FLAGS) & KERNEL_64) == 0) {
            return Optional.of("it has no 64-bit entry point (XLF_KERNEL_64); give a kernel for x86-64");
        }
        return (bytes.get(LOAD_FLAGS) & LOADED_HIGH) == 0
                ? Optional.of("it is a zImage; give a bzImage")
                : Optional.empty();
    }
}
