// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Writes on a thread of its own what the session brings, and commits every {@value #COMMIT_MILLIS} ms. Owns the writer.
 */
final class StoreThread implements LogStream.Store {
    private static final long COMMIT_MILLIS = 40;

    /** So much may wait to be written before no more is asked for. */
    private static final long MOST_WAITING = 16 << 20;

    private interface Work {
        void run(RecordingWriter writer) throws RecordingException;
    }

    private final RecordingWriter writer;
    private final Consumer<String> complaints;
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "recording");
    private volatile boolean closing;
    private volatile String complaint = "";

    StoreThread(RecordingWriter writer, Consumer<String> complaints) {
        this.writer = writer;
        this.complaints = complaints;
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean hasRoom() {
        return waiting.get() < MOST_WAITING;
    }

    @Override
    public void log(long position, byte[] packet, int offset) {
        int length = packet.length - offset;
        waiting.addAndGet(length);
        queue.add(to -> {
            waiting.addAndGet(-length);
            to.append(position, packet, offset, length);
        });
    }

    @Override
    public void reached(long position, long instant) {
        queue.add(to -> to.reached(position, instant));
    }

    @Override
    public void mark(long instant, long rip, long digest) {
        queue.add(to -> to.mark(new Mark(instant, rip, digest)));
    }

    @Override
    public void ended(String why) {
        if (!why.isEmpty()) {
            complain(why);
            queue.add(to -> to.describe("ended", why));
        }
        ended.countDown();
    }

    private void complain(String why) {
        complaint = why;
        complaints.accept(why);
    }

    /** What went wrong, if something did. */
    String complaint() {
        return complaint;
    }

    /** Waits for {@link #ended}. False if it did not come in time. */
    boolean awaitEnded(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            long committed = System.nanoTime();
            while (!closing || !queue.isEmpty()) {
                Work work = queue.poll(COMMIT_MILLIS, TimeUnit.MILLISECONDS);
                if (work != null) {
                    work.run(writer);
                }
                if (System.nanoTime() - committed >= COMMIT_MILLIS * 1_000_000) {
                    writer.commit();
                    committed = System.nanoTime();
                }
            }
            writer.finish();
        } catch (RecordingException e) {
            complain(e.getMessage() + "; what was committed before is there");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writer.close();
            ended.countDown();
        }
    }

    /** Writes what waits, and closes the file. */
    void close() throws InterruptedException {
        closing = true;
        thread.join();
    }
}
