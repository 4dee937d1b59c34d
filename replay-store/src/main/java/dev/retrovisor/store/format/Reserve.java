// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Room on the disk for the last moments of a recording, beside its file: when the disk is full it is given up, and what had come by
 * then is written where it was. It is a file without a name, or one that the system deletes, so that nothing is left of it when this
 * process is killed.
 */
final class Reserve implements AutoCloseable {
    /** More than a recorder has fetched and not committed, as long as it keeps up with its guest. */
    static final int BYTES = 4 << 20;

    private static final int PIECE = 1 << 16;

    private final FileChannel channel;

    private Reserve(FileChannel channel) {
        this.channel = channel;
    }

    /** Beside {@code file}; null if there is no room for it: the recording is made all the same. */
    static Reserve beside(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    Path.of(file + "-reserve"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            Reserve reserve = new Reserve(channel);
            if (reserve.take()) {
                return reserve;
            }
            reserve.close();
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    /** Random bytes: a file system that packs what it stores would take no room for zeros. */
    private boolean take() {
        byte[] piece = new byte[PIECE];
        SplittableRandom random = new SplittableRandom(BYTES);
        try {
            while (channel.position() < BYTES) {
                random.nextBytes(piece);
                ByteBuffer bytes = ByteBuffer.wrap(piece);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            return true;
        } catch (IOException full) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            return; // The room is not there then; who wanted it finds out.
        }
    }
}
