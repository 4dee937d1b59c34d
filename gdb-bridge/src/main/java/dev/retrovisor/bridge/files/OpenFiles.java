// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.files;

import dev.retrovisor.bridge.rsp.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * One client's open files: {@code vFile} packets and {@code qXfer:exec-file:read} (GDB manual, Host I/O Packets, General Query
 * Packets). Owned by its client.
 */
public final class OpenFiles implements AutoCloseable {
    /** At once, for one client. */
    static final int MOST_OPEN = 16;

    /** Bytes in one answer: escaped, they still fit into a packet of 4096 bytes. */
    static final int MOST_READ = 2000;

    /** Numbers of the File-I/O protocol, GDB manual, Errno Values. */
    private static final int ENOENT = 2;

    private static final int EIO = 5;
    private static final int EBADF = 9;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EROFS = 30;

    /** A regular file that all may read (GDB manual, mode_t Values). */
    private static final int MODE = 0100444;

    private static final int STAT_LENGTH = 64;
    private static final int BLOCK = 512;

    private final ServedFiles files;
    private final Map<Integer, RandomAccessFile> open = new HashMap<>();

    public OpenFiles(ServedFiles files) {
        this.files = files;
    }

    /** Empty if the packet is none of ours; a {@code vFile} operation that is not supported gets the empty answer. */
    public Optional<Bytes> answer(Bytes packet) {
        String text = packet.text();
        if (text.startsWith("qXfer:exec-file:read:")) {
            return Optional.of(programName(text.substring("qXfer:exec-file:read:".length())));
        }
        if (!text.startsWith("vFile:")) {
            return Optional.empty();
        }
        String[] parts = text.split(":", 3);
        String[] arguments = parts.length < 3 ? new String[0] : parts[2].split(",", -1);
        return Optional.of(operation(parts[1], arguments));
    }

    private Bytes operation(String name, String[] arguments) {
        try {
            return switch (name) {
                case "setfs" -> result(0);
                case "open" -> open(arguments);
                case "pread" -> read(arguments);
                case "fstat" -> stat(file(arguments));
                case "close" -> close(arguments);
                case "pwrite", "unlink" -> failure(EROFS);
                default -> Bytes.ascii("");
            };
        } catch (IOException e) {
            return failure(EIO);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return failure(EINVAL);
        }
    }

    private Bytes programName(String where) {
        String[] parts = where.split("[:,]", -1);
        if (parts.length != 3 || files.program().isEmpty()) {
            return Bytes.ascii("E02");
        }
        try {
            String name = files.program().get().toString();
            int from = (int) Math.min(name.length(), number(parts[1]));
            int to = (int) Math.min(name.length(), from + number(parts[2]));
            return Bytes.ascii((to == name.length() ? "l" : "m") + name.substring(from, to));
        } catch (IllegalArgumentException e) {
            return Bytes.ascii("E16");
        }
    }

    private Bytes open(String[] arguments) throws IOException {
        String name = new String(HexFormat.of().parseHex(arguments[0]), StandardCharsets.UTF_8);
        if (number(arguments[1]) != 0) {
            return failure(EROFS);
        }
        if (!files.byName().containsKey(name)) {
            return failure(ENOENT);
        }
        if (open.size() == MOST_OPEN) {
            return failure(ENFILE);
        }
        int handle = 1;
        while (open.containsKey(handle)) {
            handle++;
        }
        open.put(handle, new RandomAccessFile(files.byName().get(name).toFile(), "r"));
        return result(handle);
    }

    private RandomAccessFile file(String[] arguments) {
        return open.get((int) number(arguments[0]));
    }

    private Bytes read(String[] arguments) throws IOException {
        RandomAccessFile file = file(arguments);
        if (file == null) {
            return failure(EBADF);
        }
        byte[] buffer = new byte[(int) Math.min(MOST_READ, number(arguments[1]))];
        file.seek(number(arguments[2]));
        int count = Math.max(0, file.read(buffer));
        return result(count, buffer, count);
    }

    /** As the File-I/O protocol lays it out, most significant byte first (GDB manual, struct stat). */
    private static Bytes stat(RandomAccessFile file) throws IOException {
        if (file == null) {
            return failure(EBADF);
        }
        long length = file.length();
        ByteBuffer stat = ByteBuffer.allocate(STAT_LENGTH);
        stat.putInt(0).putInt(0).putInt(MODE).putInt(1).putInt(0).putInt(0).putInt(0);
        stat.putLong(length).putLong(BLOCK).putLong((length + BLOCK - 1) / BLOCK);
        return result(STAT_LENGTH, stat.array(), STAT_LENGTH);
    }

    private Bytes close(String[] arguments) throws IOException {
        RandomAccessFile file = open.remove((int) number(arguments[0]));
        if (file == null) {
            return failure(EBADF);
        }
        file.close();
        return result(0);
    }

    private static long number(String digits) {
        if (!digits.matches("[0-9a-fA-F]{1,15}")) {
            throw new IllegalArgumentException(digits + " (expected: a hexadecimal number)");
        }
        return Long.parseLong(digits, 16);
    }

    private static Bytes result(int value) {
        return Bytes.ascii("F" + Integer.toHexString(value));
    }

    private static Bytes result(int value, byte[] attachment, int length) {
        ByteArrayOutputStream reply = new ByteArrayOutputStream(length + 8);
        reply.writeBytes(("F" + Integer.toHexString(value) + ";").getBytes(StandardCharsets.US_ASCII));
        reply.write(attachment, 0, length);
        return Bytes.of(reply.toByteArray());
    }

    private static Bytes failure(int number) {
        return Bytes.ascii("F-1," + Integer.toHexString(number));
    }

    /** All of them. */
    @Override
    public void close() {
        for (RandomAccessFile file : open.values()) {
            try {
                file.close();
            } catch (IOException e) {
                // It was only read: nothing is lost.
            }
        }
        open.clear();
    }
}
