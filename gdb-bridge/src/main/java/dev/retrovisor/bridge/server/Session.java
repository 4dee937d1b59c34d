// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One monitor and the clients that come and go, until the monitor's link ends. One thread at a time is in here: the one that has
 * something to {@link #tell}, or the session's own, which looks at the time. So what one link brings goes out on the other without
 * a thread having to wake another one.
 */
final class Session {
    private static final long TICK_NANOS = 50_000_000;
    private static final long HURRIED_TICK_NANOS = 5_000_000;

    private final Link monitor;
    private final Dispatcher dispatcher;
    private final Map<Link, Client> clients = new HashMap<>();

    /** Fair: a client that sends much does not keep the others from being heard. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final Condition changed = turn.newCondition();
    private Optional<LinkLostException> end = Optional.empty();
    private Optional<RuntimeException> failure = Optional.empty();
    private boolean hurried;

    Session(Link monitor, RetryPolicy policy, Serving serving) {
        this.monitor = monitor;
        this.dispatcher = new Dispatcher(monitor, policy, serving, System.nanoTime());
    }

    /** From any thread; waits for its turn, and does what follows from the message. */
    void tell(Inbound message) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            if (!isOver()) {
                attempt(() -> message.deliver(this));
                attempt(() -> dispatcher.tick(System.nanoTime()));
            }
            if (isOver() || (dispatcher.isHurried() && !hurried)) {
                changed.signalAll();
            }
        } finally {
            turn.unlock();
        }
    }

    /** Runs until the monitor's link ends, and says why it did. */
    LinkLostException run() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (!isOver()) {
                hurried = dispatcher.isHurried();
                if (changed.awaitNanos(hurried ? HURRIED_TICK_NANOS : TICK_NANOS) <= 0) {
                    attempt(() -> dispatcher.tick(System.nanoTime()));
                }
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
            return end.orElseThrow();
        } finally {
            dispatcher.closeAll("the session ends");
            turn.unlock();
        }
    }

    private boolean isOver() {
        return end.isPresent() || failure.isPresent();
    }

    private interface Part {
        void run() throws LinkLostException;
    }

    /** What goes wrong ends the session, on whichever thread it does. */
    private void attempt(Part part) {
        try {
            if (!isOver()) {
                part.run();
            }
        } catch (LinkLostException lost) {
            end = Optional.of(lost);
        } catch (RuntimeException defect) {
            failure = Optional.of(defect);
        }
    }

    void received(Link link, Bytes bytes) throws LinkLostException {
        if (link == monitor) {
            dispatcher.fromMonitor(bytes.toArray(), System.nanoTime());
        } else if (clients.containsKey(link)) {
            dispatcher.fromClient(clients.get(link), bytes.toArray(), System.nanoTime());
        }
    }

    void ended(Link link, LinkLostException why) throws LinkLostException {
        if (link == monitor) {
            throw why;
        }
        Client client = clients.remove(link);
        if (client != null) {
            dispatcher.disconnected(client, why.getMessage(), System.nanoTime());
        }
    }

    void connected(Link link) {
        dispatcher.connect(link, System.nanoTime()).ifPresent(client -> {
            clients.put(link, client);
            LinkReader.start("client reader", link, this);
        });
    }
}
