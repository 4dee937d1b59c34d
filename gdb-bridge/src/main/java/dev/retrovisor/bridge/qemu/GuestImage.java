// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A guest kernel's file that was looked at and can be handed to the monitor. */
public record GuestImage(Path path) {
    private static final String WHAT_TO_DO =
            "give a Multiboot 1 kernel (magic 0x1BADB002, 4-byte aligned, in the first 8192 bytes)";

    /** What an ELF file begins with (System V ABI, ELF Identification). */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    /** Checks that the file is there, can be read and has a Multiboot 1 header. */
    public static GuestImage check(Path path) throws GuestImageException {
        checkFile(path, "check the path given with --guest");
        switch (MultibootHeader.find(start(path))) {
            case VALID -> {
                return new GuestImage(path);
            }
            case WRONG_CHECKSUM -> throw new GuestImageException(
                    path, "its Multiboot header has a wrong checksum; the image is damaged or was linked wrongly");
            case ABSENT -> throw new GuestImageException(path, "no Multiboot 1 header; " + WHAT_TO_DO);
        }
        throw new IllegalStateException("a verdict without an answer");
    }

    /** Checks that the file is there, can be read, and is a Linux kernel that the monitor loads. */
    public static GuestImage checkLinux(Path path) throws GuestImageException {
        checkFile(path, "check the path given with --kernel");
        Optional<String> complaint = LinuxHeader.complaint(start(path));
        if (complaint.isPresent()) {
            throw new GuestImageException(path, complaint.get());
        }
        return new GuestImage(path.toAbsolutePath());
    }

    /** Whether a file has a Multiboot 1 header. */
    public static boolean isKernel(Path path) throws GuestImageException {
        return MultibootHeader.find(start(path)) == MultibootHeader.Verdict.VALID;
    }

    /** Checks that a module is there and can be read. */
    public static void checkModule(Path path) throws GuestImageException {
        checkFile(path, "check the path given with --module");
    }

    /** Checks that a file is there and can be read; {@code whatToDo} if not. */
    public static void checkFile(Path path, String whatToDo) throws GuestImageException {
        if (!Files.exists(path)) {
            throw new GuestImageException(path, "no such file; " + whatToDo);
        }
        if (!Files.isRegularFile(path)) {
            throw new GuestImageException(path, "not a file; " + whatToDo);
        }
        if (!Files.isReadable(path)) {
            throw new GuestImageException(path, "permission denied; make the file readable");
        }
    }

    /** Checks that a file with symbols is there and is an ELF file. */
    public static void checkElf(Path path) throws GuestImageException {
        String whatToDo = "give the guest's file with symbols (an ELF file), or none";
        checkFile(path, whatToDo);
        byte[] start = start(path);
        if (start.length < ELF.length || !Arrays.equals(start, 0, ELF.length, ELF, 0, ELF.length)) {
            throw new GuestImageException(path, "not an ELF file; " + whatToDo);
        }
    }

    private static byte[] start(Path path) throws GuestImageException {
        try (InputStream file = Files.newInputStream(path)) {
            return file.readNBytes(MultibootHeader.SEARCH);
        } catch (IOException e) {
            throw new GuestImageException(path, "cannot be read: " + e.getMessage());
        }
    }
}
