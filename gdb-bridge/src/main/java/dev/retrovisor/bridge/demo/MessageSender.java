// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import dev.retrovisor.bridge.link.Datagrams;
import dev.retrovisor.bridge.link.LinkLostException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A thread that sends measurements of a dozen pumps, at random moments, until it is closed. Owns the thread only. */
public final class MessageSender implements AutoCloseable {
    private static final int STATIONS = 12;
    private static final int SHORTEST_FILL = 20;
    private static final int LONGEST_FILL = 200;

    private final Datagrams datagrams;
    private final Random random;
    private final double meanGapNanos;
    private static final int LONGEST_BURST = 4;

    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread = new Thread(this::sendAll, "message sender");

    /** {@code perSecond}: on average, with gaps as of a Poisson process. */
    public MessageSender(Datagrams datagrams, int perSecond, Random random) {
        this.datagrams = datagrams;
        this.meanGapNanos = (double) TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.random = random;
        thread.setDaemon(true);
        thread.start();
    }

    /** How many so far. */
    public int sent() {
        return sent.get();
    }

    private void sendAll() {
        try {
            while (true) {
                // In bursts: a message alone seldom meets the driver while it still works on the one before.
                for (int left = 1 + random.nextInt(LONGEST_BURST); left > 0; left--) {
                    datagrams.send(message());
                }
                TimeUnit.NANOSECONDS.sleep((long) (-Math.log(1 - random.nextDouble()) * meanBurst() * meanGapNanos));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (LinkLostException lost) {
            // Nobody listens any more: whoever waits for the guest sees that it is gone.
        }
    }

    private static double meanBurst() {
        return (1 + LONGEST_BURST) / 2.0;
    }

    private byte[] message() {
        String fill = ".".repeat(SHORTEST_FILL + random.nextInt(LONGEST_FILL - SHORTEST_FILL));
        return String.format("PUMP-%03d reading %06d %s", random.nextInt(STATIONS), sent.getAndIncrement(), fill)
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
