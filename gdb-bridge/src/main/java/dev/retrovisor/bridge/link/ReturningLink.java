// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link that is opened again when it is lost: a cable that was pulled, a terminal server that restarts. What was on its way is
 * lost; {@link #interruptions} says that something may be. One thread reads, which also reopens; others may write.
 */
public final class ReturningLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(ReturningLink.class);
    private static final Duration TRY_AGAIN = Duration.ofMillis(250);
    private static final Duration OPEN_PATIENCE = Duration.ofSeconds(1);

    private final LinkAddress address;
    private final Duration bound;
    private final String name;
    private final boolean reliable;
    private volatile Link link;
    private volatile boolean down;
    private volatile boolean closed;
    private final AtomicInteger interruptions = new AtomicInteger();

    private ReturningLink(LinkAddress address, Link link, Duration bound) {
        this.address = address;
        this.link = link;
        this.bound = bound;
        this.name = link.name();
        this.reliable = link.isReliable();
    }

    /** Takes over {@code link}, which was opened at {@code address}; waits up to {@code bound} for it each time it is lost. */
    public static Link around(LinkAddress address, Link link, Duration bound) {
        return bound.isZero() ? link : new ReturningLink(address, link, bound);
    }

    @Override
    public int read(byte[] buffer, Duration patience) throws LinkLostException {
        try {
            return link.read(buffer, patience);
        } catch (LinkLostException lost) {
            if (closed) {
                throw lost;
            }
            reopen(lost);
            return 0;
        }
    }

    private void reopen(LinkLostException lost) throws LinkLostException {
        down = true;
        link.close();
        LOG.warn("{}; waiting up to {} s for it to return", lost.getMessage(), bound.toSeconds());
        long end = System.nanoTime() + bound.toNanos();
        while (System.nanoTime() - end < 0 && !closed) {
            try {
                back(address.open(OPEN_PATIENCE));
                return;
            } catch (LinkOpenException notYet) {
                pause();
            }
        }
        throw new LinkLostException(
                name, "lost, and not back within " + bound.toSeconds() + " s (it was: " + lost.getMessage() + ")");
    }

    private void back(Link again) {
        link = again;
        if (closed) {
            again.close();
        }
        LOG.warn("{}: back", name);
        interruptions.incrementAndGet();
        down = false;
    }

    private void pause() throws LinkLostException {
        try {
            Thread.sleep(TRY_AGAIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkLostException(name, "closed");
        }
    }

    /** What is written while the link is lost is lost, too. */
    @Override
    public void write(byte[] bytes) throws LinkLostException {
        try {
            if (!down) {
                link.write(bytes);
            }
        } catch (LinkLostException lost) {
            if (closed) {
                throw lost;
            }
            link.close(); // so that the reader finds out, and opens it again
        }
    }

    @Override
    public boolean isDown() {
        return down;
    }

    @Override
    public int interruptions() {
        return interruptions.get();
    }

    @Override
    public boolean isReliable() {
        return reliable;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        closed = true;
        link.close();
    }
}
