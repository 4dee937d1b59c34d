// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Serves debuggers on a loopback port from one monitor. Owns the monitor's link, the port and its threads: one that accepts,
 * one that reads each link, and the session's, which does everything else.
 */
public final class BridgeServer implements AutoCloseable {
    private final Link monitor;
    private final LinkListener listener;
    private final Session session;
    private final CompletableFuture<LinkLostException> end = new CompletableFuture<>();

    private BridgeServer(Link monitor, LinkListener listener) {
        this.monitor = monitor;
        this.listener = listener;
        this.session = new Session(monitor, RetryPolicy.of(monitor));
    }

    /** Takes over both: a monitor that answers, and a port where debuggers will be accepted. */
    public static BridgeServer start(Link monitor, LinkListener listener) {
        BridgeServer server = new BridgeServer(monitor, listener);
        LinkReader.start("monitor reader", monitor, server.session);
        server.startThread("debugger acceptor", server::acceptAll);
        server.startThread("session", server::runSession);
        return server;
    }

    private void startThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Where debuggers connect. */
    public int port() {
        return listener.port();
    }

    /** Waits until the session ends, without bound, and says why it did. */
    public LinkLostException awaitEnd() throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            return new LinkLostException(monitor.name(), "the bridge failed: " + e.getCause());
        }
    }

    private void runSession() {
        try {
            end.complete(session.run());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end.complete(new LinkLostException(monitor.name(), "closed"));
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
        } finally {
            close();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                session.tell(new Inbound.Connected(listener.accept()));
            }
        } catch (LinkLostException closed) {
            // The port was closed with the session.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the session: debuggers see their connection close. */
    @Override
    public void close() {
        listener.close();
        monitor.close();
    }
}
