// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits to be written to a client, so that one that does not read keeps nobody waiting: a daemon thread writes. Owns the
 * link, and closes it when it fails or too much waits.
 */
final class Outbox {
    /** Of a client that reads nothing. */
    static final long MAX_BYTES = 4 << 20;

    private static final byte[] END = {};

    private final Link link;
    private final BlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();

    private Outbox(Link link) {
        this.link = link;
    }

    static Outbox start(Link link) {
        Outbox outbox = new Outbox(link);
        Thread thread = new Thread(outbox::run, "client writer");
        thread.setDaemon(true);
        thread.start();
        return outbox;
    }

    /** Returns at once. While nothing waits the caller's thread writes what the client takes: no other has to wake up. */
    void write(byte[] bytes) throws LinkLostException {
        int done = waitingBytes.get() == 0 ? link.writeSome(bytes) : 0;
        if (done < bytes.length) {
            add(done == 0 ? bytes : Arrays.copyOfRange(bytes, done, bytes.length));
        }
    }

    private void add(byte[] bytes) throws LinkLostException {
        if (waitingBytes.addAndGet(bytes.length) > MAX_BYTES) {
            throw new LinkLostException(link.name(), "more than " + MAX_BYTES + " bytes wait for it to read them");
        }
        waiting.add(bytes);
    }

    /** Closes the link when what waits has been written, or cannot be. */
    void close() {
        waiting.add(END);
    }

    private void run() {
        try {
            byte[] bytes;
            while ((bytes = waiting.take()) != END) {
                link.write(bytes);
                waitingBytes.addAndGet(-bytes.length);
            }
        } catch (LinkLostException gone) {
            // The thread that reads the link notices, too, and tells the session.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }
}
