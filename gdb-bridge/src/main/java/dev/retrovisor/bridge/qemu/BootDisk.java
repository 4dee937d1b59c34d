// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A disk, or a CD, for the BIOS to boot from.
 *
 * @param format QEMU's name for the file's format
 */
public record BootDisk(Path path, Kind kind, String format) {
    /** What the BIOS takes it for. */
    public enum Kind {
        DISK("ide-hd", 1),
        CD("ide-cd", 2);

        private final String device;
        private final int bootIndex;

        Kind(String device, int bootIndex) {
            this.device = device;
            this.bootIndex = bootIndex;
        }
    }

    private static final int SECTOR_BYTES = 512;
    private static final int SIGNATURE_AT = 510;
    private static final byte[] SIGNATURE = {0x55, (byte) 0xaa};
    private static final byte[] QCOW = {'Q', 'F', 'I', (byte) 0xfb};

    /** The boot record volume descriptor (El Torito 1.0, figure 7): where it stands, and what it says. */
    private static final long BOOT_RECORD_AT = 17 * 2048;

    private static final byte[] BOOT_RECORD = "\0CD001\1EL TORITO SPECIFICATION".getBytes(StandardCharsets.US_ASCII);

    /** Checks that a disk image is there, can be read, and has a boot sector as far as that can be seen. */
    public static BootDisk disk(Path path) throws GuestImageException {
        GuestImage.checkFile(path, "check the path given with --disk");
        byte[] sector = read(path, 0, SECTOR_BYTES);
        if (startsWith(sector, 0, QCOW)) {
            return new BootDisk(path, Kind.DISK, "qcow2");
        }
        if (sector.length < SECTOR_BYTES) {
            throw new GuestImageException(
                    path,
                    "its size is " + sector.length
                            + " bytes (expected: a disk image of at least one sector, 512 bytes)");
        }
        if (!startsWith(sector, SIGNATURE_AT, SIGNATURE)) {
            throw new GuestImageException(
                    path, "no boot sector (expected: bytes 55 aa at offset 510); give an image that a BIOS can boot");
        }
        return new BootDisk(path, Kind.DISK, "raw");
    }

    /** Checks that a CD image is there, can be read, and has a boot record. */
    public static BootDisk cd(Path path) throws GuestImageException {
        GuestImage.checkFile(path, "check the path given with --cdrom");
        if (!startsWith(read(path, BOOT_RECORD_AT, BOOT_RECORD.length), 0, BOOT_RECORD)) {
            throw new GuestImageException(
                    path, "no boot record of El Torito in sector 17; give an ISO image that a BIOS can boot");
        }
        return new BootDisk(path, Kind.CD, "raw");
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] expected) {
        return bytes.length >= at + expected.length
                && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
    }

    /** Fewer bytes where the file ends. */
    private static byte[] read(Path path, long at, int length) throws GuestImageException {
        try (InputStream file = Files.newInputStream(path)) {
            return file.skip(at) == at ? file.readNBytes(length) : new byte[0];
        } catch (IOException e) {
            throw new GuestImageException(path, "cannot be read: " + e.getMessage());
        }
    }

    /** QEMU's options for it; the BIOS tries the disk before the CD. */
    List<String> options() {
        String name = "boot" + kind.bootIndex;
        String readOnly = kind == Kind.CD ? ",media=cdrom,readonly=on" : "";
        return List.of(
                "-drive",
                "if=none,id=" + name + ",format=" + format + readOnly + ",file="
                        + path.toString().replace(",", ",,"),
                "-device",
                kind.device + ",drive=" + name + ",bootindex=" + kind.bootIndex);
    }

    /**
     * The machine in which the BIOS boots: without system management mode, in which its drivers would else run where no recorder
     * looks, and with its text on the first serial port as well.
     */
    public static List<String> machine(List<BootDisk> disks) {
        List<String> options = new ArrayList<>(List.of("-machine", "smm=off,graphics=off"));
        disks.forEach(disk -> options.addAll(disk.options()));
        return options;
    }
}
