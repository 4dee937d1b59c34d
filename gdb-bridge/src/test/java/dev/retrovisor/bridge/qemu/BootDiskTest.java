// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootDiskTest {
    @TempDir
    Path directory;

    @Test
    void aDiskWithABootSectorIsTriedBeforeACd() throws Exception {
        Path disk = file("a,b.img", sector(0x55, 0xaa));
        Path cd = file("cd.iso", volume("\0CD001\1EL TORITO SPECIFICATION"));
        assertThat(BootDisk.machine(List.of(BootDisk.disk(disk), BootDisk.cd(cd))))
                .containsExactly(
                        "-machine",
                        "smm=off,graphics=off",
                        "-drive",
                        "if=none,id=boot1,format=raw,file=" + directory + "/a,,b.img",
                        "-device",
                        "ide-hd,drive=boot1,bootindex=1",
                        "-drive",
                        "if=none,id=boot2,format=raw,media=cdrom,readonly=on,file=" + cd,
                        "-device",
                        "ide-cd,drive=boot2,bootindex=2");
    }

    @Test
    void ofAQcow2ImageOnlyTheFormatIsKnown() throws Exception {
        Path disk = file("disk.qcow2", new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
        assertThat(BootDisk.disk(disk).format()).isEqualTo("qcow2");
    }

    @Test
    void aDiskThatCannotBootIsSaid() throws Exception {
        assertDiskRefused(directory.resolve("none"), "no such file; check the path given with --disk");
        assertDiskRefused(directory, "not a file; check the path given with --disk");
        assertDiskRefused(file("empty", new byte[0]), "its size is 0 bytes (expected: ");
        assertDiskRefused(file("short", new byte[511]), "its size is 511 bytes (expected: ");
        assertDiskRefused(file("zeros", new byte[4096]), "no boot sector (expected: bytes 55 aa at offset 510)");
        assertDiskRefused(file("swapped", sector(0xaa, 0x55)), "no boot sector");
    }

    @Test
    void aCdThatCannotBootIsSaid() throws Exception {
        assertCdRefused(directory.resolve("none"), "no such file; check the path given with --cdrom");
        assertCdRefused(file("empty", new byte[0]), "no boot record of El Torito");
        assertCdRefused(file("data", volume("\1CD001\1")), "no boot record of El Torito");
    }

    private static byte[] sector(int last, int veryLast) {
        byte[] sector = new byte[512];
        sector[510] = (byte) last;
        sector[511] = (byte) veryLast;
        return sector;
    }

    private static byte[] volume(String descriptor) {
        byte[] image = new byte[18 * 2048];
        byte[] bytes = descriptor.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, image, 17 * 2048, bytes.length);
        return image;
    }

    private Path file(String name, byte[] content) throws Exception {
        return Files.write(directory.resolve(name), content);
    }

    private static void assertDiskRefused(Path image, String why) {
        assertThatThrownBy(() -> BootDisk.disk(image))
                .isInstanceOf(GuestImageException.class)
                .hasMessageStartingWith(image + ": " + why);
    }

    private static void assertCdRefused(Path image, String why) {
        assertThatThrownBy(() -> BootDisk.cd(image))
                .isInstanceOf(GuestImageException.class)
                .hasMessageStartingWith(image + ": " + why);
    }
}
