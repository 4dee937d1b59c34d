// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes a recording's log, unpacked, into a file (docs/decisions/0068). The calling thread reads the chunks and checks their sums; a
 * thread for each processor unpacks them, looks at their records, and writes them where they belong.
 */
final class LogLayout implements AutoCloseable {
    /** Chunks on their way, for each thread. */
    private static final int AHEAD = 4;

    private static final long PATIENCE_SECONDS = 60;

    /**
     * What stands in the file.
     *
     * @param lastLength bytes of the last record
     */
    record Laid(long bytes, long lastLength) {}

    /** What a chunk had that belongs to the replay. {@code isCut}: the rest of the log does not. */
    private record Part(int bytes, int lastLength, boolean isCut) {}

    private final Path recording;
    private final FileChannel file;
    private final long start;
    private final long end;
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final ExecutorService workers = Executors.newFixedThreadPool(threads);
    private final Queue<Buffers> idle = new ConcurrentLinkedQueue<>();
    private final Deque<Future<Part>> onTheirWay = new ArrayDeque<>();
    private long given;
    private long bytes;
    private long lastLength;
    private boolean isCut;

    private LogLayout(Path recording, FileChannel file, long start, long end) {
        this.recording = recording;
        this.file = file;
        this.start = start;
        this.end = end;
        for (int i = 0; i < threads; i++) {
            idle.add(new Buffers());
        }
    }

    /**
     * Writes what is before the recording's end. Of a torn recording, what stands at its last instant may not be all: it is left out.
     * Nothing is in the file behind it.
     */
    static Laid write(RecordingReader recording, FileChannel file, long start) throws RecordingException, IOException {
        long end = recording.end().instant();
        try (LogLayout layout = new LogLayout(recording.file(), file, start, end)) {
            recording.<IOException>packedLog(layout::add);
            while (!layout.onTheirWay.isEmpty()) {
                layout.takeOldest();
            }
            file.truncate(start + layout.bytes);
            return new Laid(layout.bytes, layout.lastLength);
        }
    }

    private boolean add(ChunkReader.Chunk chunk) throws RecordingException, IOException {
        long at = given;
        given += chunk.bytes();
        onTheirWay.add(workers.submit(() -> lay(chunk, at)));
        if (onTheirWay.size() > AHEAD * threads) {
            takeOldest();
        }
        return !isCut;
    }

    private void takeOldest() throws RecordingException, IOException {
        Part part = await(onTheirWay.remove());
        if (!isCut) {
            bytes += part.bytes;
            lastLength = part.bytes > 0 ? part.lastLength : lastLength;
            isCut = part.isCut;
        }
    }

    private static Part await(Future<Part> future) throws RecordingException, IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("broken off");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordingException damaged) {
                throw damaged;
            }
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A thread's memory for a chunk, packed and unpacked, and for unpacking: what zstd makes for each call costs more than the rest. */
    private static final class Buffers {
        private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
        private ByteBuffer packed = ByteBuffer.allocateDirect(0);
        private ByteBuffer log = ByteBuffer.allocateDirect(0);

        /** Throws ZstdException, too. */
        ByteBuffer unpack(ChunkReader.Chunk chunk) {
            packed = atLeast(packed, chunk.log().length);
            packed.put(chunk.log());
            int length = (int) chunk.bytes();
            log = atLeast(log, length);
            int unpacked = zstd.decompressDirectByteBuffer(log, 0, length, packed, 0, chunk.log().length);
            return log.clear().limit(unpacked).order(ByteOrder.LITTLE_ENDIAN);
        }

        private static ByteBuffer atLeast(ByteBuffer buffer, int length) {
            return buffer.capacity() >= length ? buffer.clear() : ByteBuffer.allocateDirect(2 * length);
        }
    }

    private Part lay(ChunkReader.Chunk chunk, long at) throws RecordingException, IOException {
        Buffers mine = idle.remove();
        try {
            ByteBuffer log = mine.unpack(chunk);
            if (log.limit() != chunk.bytes()) {
                throw new RecordingException(
                        recording,
                        chunk.where() + " is damaged: " + log.limit() + " bytes of log (expected: " + chunk.bytes()
                                + ")");
            }
            Part part = look(log, at);
            log.position(0).limit(part.bytes);
            for (long to = start + at; log.hasRemaining(); ) {
                to += file.write(log, to);
            }
            return part;
        } catch (ZstdException e) {
            throw new RecordingException(recording, chunk.where() + " is damaged", e);
        } finally {
            idle.add(mine);
        }
    }

    private Part look(ByteBuffer log, long position) throws RecordingException {
        int at = 0;
        int last = 0;
        try {
            for (int length; (length = TraceDecoder.recordLength(log, at, log.limit())) > 0; at += length) {
                if (log.getLong(at) >= end) {
                    return new Part(at, last, true);
                }
                last = length;
            }
        } catch (MalformedLogException e) {
            throw new RecordingException(recording, "the log at byte " + (position + e.offset()), e);
        }
        if (at < log.limit()) {
            throw new RecordingException(
                    recording, "the log at byte " + (position + at) + ": a record that ends beyond its chunk");
        }
        return new Part(at, last, false);
    }

    /** When it returns nobody writes any more. */
    @Override
    public void close() throws IOException {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the log is still being written after " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        idle.forEach(buffers -> buffers.zstd.close());
    }
}
