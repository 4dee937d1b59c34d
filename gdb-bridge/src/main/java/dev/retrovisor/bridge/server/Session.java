// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One monitor and the clients that come and go, until the monitor's link ends. Everything here runs on the session's thread,
 * except {@link #tell}.
 */
final class Session {
    private static final int QUEUE_LENGTH = 64;
    private static final long TICK_MILLIS = 50;
    private static final long HURRIED_TICK_MILLIS = 5;

    private final Link monitor;
    private final Dispatcher dispatcher;
    private final Map<Link, Client> clients = new HashMap<>();

    /** Fair: a client that sends much does not keep the others from being heard. */
    private final BlockingQueue<Inbound> inbox = new ArrayBlockingQueue<>(QUEUE_LENGTH, true);

    Session(Link monitor, RetryPolicy policy, Serving serving) {
        this.monitor = monitor;
        this.dispatcher = new Dispatcher(monitor, policy, serving, System.nanoTime());
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
            dispatcher.closeAll("the session ends");
        }
    }

    private void step() throws InterruptedException, LinkLostException {
        long patience = dispatcher.isHurried() ? HURRIED_TICK_MILLIS : TICK_MILLIS;
        Inbound message = inbox.poll(patience, TimeUnit.MILLISECONDS);
        if (message != null) {
            message.deliver(this);
        }
        dispatcher.tick(System.nanoTime());
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
