// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes on a thread of its own what the session brings, and commits every {@value #COMMIT_MILLIS} ms. Owns the writer.
 */
final class StoreThread implements LogStream.Store {
    private static final Logger LOG = LoggerFactory.getLogger(StoreThread.class);

    private static final long COMMIT_MILLIS = 25;

    private static final long COMMIT_NANOS = COMMIT_MILLIS * 1_000_000;

    /** So much may wait to be written before no more is asked for. */
    private static final long MOST_WAITING = 16 << 20;

    private interface Work {
        void run(RecordingWriter writer) throws RecordingException;
    }

    private final RecordingWriter writer;
    private final Consumer<String> complaints;
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

    /** What a failure of the next commit would lose. */
    private final List<Work> sinceCommit = new ArrayList<>();

    private final AtomicLong waiting = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "recording");
    private boolean hasGap;
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
            warnOfGap(to, position);
            to.append(position, packet, offset, length);
        });
    }

    private void warnOfGap(RecordingWriter to, long position) {
        if (!hasGap && Long.compareUnsigned(position, to.wanted()) > 0) {
            hasGap = true;
            complaints.accept("the link is slower than the log: what the monitor could not hold is missing;"
                    + " a replay ends before that (info lists the gaps)");
        }
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

    /** True once nothing more is taken. */
    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Waits for {@link #ended}. False if it did not come in time. */
    boolean awaitEnded(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            long due = System.nanoTime() + COMMIT_NANOS;
            while (!closing || !queue.isEmpty()) {
                Work work = queue.poll(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (work != null) {
                    sinceCommit.add(work);
                    work.run(writer);
                }
                if (System.nanoTime() - due >= 0) {
                    writer.commit();
                    sinceCommit.clear();
                    due = System.nanoTime() + COMMIT_NANOS;
                }
            }
            writer.finish();
        } catch (RecordingException e) {
            String kept = writeTheLast() ? "what had come by then is there" : "what was committed before is there";
            complain(e.getMessage() + "; " + kept);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writer.close();
            ended.countDown();
        }
    }

    /** A disk that is full has room for this ({@link RecordingWriter#startAgain}). False if it cannot be written even so. */
    private boolean writeTheLast() {
        try {
            writer.startAgain();
            queue.drainTo(sinceCommit);
            for (Work work : sinceCommit) {
                work.run(writer);
            }
            writer.commit();
            return true;
        } catch (RecordingException e) {
            LOG.debug("the last moments cannot be written: {}", e.getMessage());
            return false;
        }
    }

    /** Writes what waits, and closes the file. */
    void close() throws InterruptedException {
        closing = true;
        thread.join();
    }
}
