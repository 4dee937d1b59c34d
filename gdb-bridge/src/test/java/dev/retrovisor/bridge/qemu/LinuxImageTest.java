// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.testing.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxImageTest {
    @TempDir
    Path directory;

    @Test
    void aKernelWithA64BitEntryPointIsTaken() throws Exception {
        Path image = Images.linux(directory, 0x20f, 0x3f, 1);
        assertThat(GuestImage.checkLinux(image).path()).isEqualTo(image.toAbsolutePath());
    }

    @Test
    void whatIsNoBzImageIsSaid() throws Exception {
        assertRefused(Images.multiboot(directory, 0), "not a Linux bzImage");
        assertRefused(Files.createFile(directory.resolve("empty")), "not a Linux bzImage");
        assertRefused(directory.resolve("none"), "no such file; check the path given with --kernel");
    }

    @Test
    void aKernelThatIsTooOldOrOf32BitsOrLowIsSaid() throws Exception {
        assertRefused(Images.linux(directory, 0x20b, 0x3f, 1), "its boot protocol is 2.11 (expected: 2.12 or later");
        assertRefused(Images.linux(directory, 0x20f, 0x3e, 1), "no 64-bit entry point (XLF_KERNEL_64)");
        assertRefused(Images.linux(directory, 0x20f, 0x3f, 0), "it is a zImage");
    }

    private static void assertRefused(Path image, String why) {
        assertThatThrownBy(() -> GuestImage.checkLinux(image))
                .isInstanceOf(GuestImageException.class)
                .hasMessageStartingWith(image + ": ")
                .hasMessageContaining(why);
    }
}
