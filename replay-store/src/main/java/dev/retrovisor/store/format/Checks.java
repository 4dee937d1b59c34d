// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** The sums that the format names. SQLite itself keeps none. */
final class Checks {
    private Checks() {}

    /** Of the numbers as 8 bytes each, little-endian, and then the bytes. */
    static long crc32c(byte[] bytes, int length, long... numbers) {
        CRC32C crc = new CRC32C();
        ByteBuffer eight = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            crc.update(eight.putLong(0, number).array());
        }
        crc.update(bytes, 0, length);
        return crc.getValue();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What a base's sum begins with; {@link #addPage} follows for each page, in the order of their frames. */
    static MessageDigest beginBase(Machine machine, Base base) {
        MessageDigest sum = sha256();
        String text = String.join("\n", machine.lines()) + "\n" + base.instant() + "\n" + base.position() + "\n"
                + base.inject() + "\n";
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        sum.update(base.cpu());
        return sum;
    }

    /**
     * What a checkpoint's sum begins with; {@link #addPage} follows for each page that has changed, in the order of their frames.
     *
     * @param before the sum of the checkpoint before it, or of the base
     */
    static MessageDigest beginCheckpoint(byte[] before, Checkpoint checkpoint) {
        MessageDigest sum = sha256();
        sum.update(before);
        String text = checkpoint.instant() + "\n" + checkpoint.position() + "\n" + checkpoint.events() + "\n"
                + checkpoint.inject() + "\n";
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        sum.update(checkpoint.cpu());
        return sum;
    }

    static void addPage(MessageDigest sum, long frame, byte[] sha256) {
        sum.update(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, frame)
                .array());
        sum.update(sha256);
    }
}
