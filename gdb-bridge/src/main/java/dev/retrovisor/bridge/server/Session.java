// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One monitor and the debuggers that come and go, until the monitor's link ends. Everything here runs on the session's thread,
 * except {@link #tell}.
 */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final int QUEUE_LENGTH = 64;
    private static final long TICK_MILLIS = 50;
    private static final long HURRIED_TICK_MILLIS = 5;

    /** A debugger that comes before the last one's end was noticed waits this long for it. */
    private static final long TURN_NANOS = 500_000_000;

    private final Link monitor;
    private final Relay relay;
    private final BlockingQueue<Inbound> inbox = new ArrayBlockingQueue<>(QUEUE_LENGTH);
    private Link candidate;
    private long candidateSince;

    Session(Link monitor, RetryPolicy policy) {
        this.monitor = monitor;
        this.relay = new Relay(monitor, policy, System.nanoTime());
    }

    /** From any thread; waits while the session is behind. */
    void tell(Inbound message) throws InterruptedException {
        inbox.put(message);
    }

    /** Runs until the monitor's link ends, and says why it did. */
    LinkLostException run() throws InterruptedException {
        try {
            while (true) {
                step();
            }
        } catch (LinkLostException lost) {
            return lost;
        } finally {
            relay.detach("the session ends");
            refuseCandidate("the session ends");
        }
    }

    private void step() throws InterruptedException, LinkLostException {
        long patience = relay.isHurried() || candidate != null ? HURRIED_TICK_MILLIS : TICK_MILLIS;
        Inbound message = inbox.poll(patience, TimeUnit.MILLISECONDS);
        if (message != null) {
            message.deliver(this);
        }
        relay.tick(System.nanoTime());
        seatCandidate();
    }

    void received(Link link, Bytes bytes) throws LinkLostException {
        if (link == monitor) {
            relay.fromMonitor(bytes.toArray(), System.nanoTime());
        } else if (relay.isAttached(link)) {
            relay.fromDebugger(bytes.toArray(), System.nanoTime());
        }
    }

    void ended(Link link, LinkLostException why) throws LinkLostException {
        if (link == monitor) {
            throw why;
        }
        if (relay.isAttached(link)) {
            relay.detach(why.getMessage());
        }
    }

    void connected(Link link) {
        refuseCandidate("another one came");
        candidate = link;
        candidateSince = System.nanoTime();
    }

    private void seatCandidate() throws LinkLostException {
        if (candidate == null) {
            return;
        }
        if (!relay.hasDebugger()) {
            Link next = candidate;
            candidate = null;
            relay.attach(next, System.nanoTime());
            LinkReader.start("debugger reader", next, this);
        } else if (System.nanoTime() - candidateSince > TURN_NANOS) {
            refuseCandidate("another debugger is attached, and only one can be");
        }
    }

    private void refuseCandidate(String why) {
        if (candidate != null) {
            LOG.warn("{}: refused: {}", candidate.name(), why);
            candidate.close();
            candidate = null;
        }
    }
}
