// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Serves debuggers from one monitor. Owns the monitor's link, the listeners and the threads: one that accepts at each listener,
 * one that reads each link, one that writes to each client, and the session's, which does everything else.
 */
public final class BridgeServer implements AutoCloseable {
    private final Link monitor;
    private final Serving serving;
    private final Session session;
    private final CompletableFuture<LinkLostException> end = new CompletableFuture<>();

    private BridgeServer(Link monitor, Serving serving) {
        this.monitor = monitor;
        this.serving = serving;
        this.session = new Session(monitor, RetryPolicy.of(monitor), serving);
    }

    /** Takes over both: a monitor that answers, and places where debuggers will be accepted. */
    public static BridgeServer start(Link monitor, Serving serving) {
        BridgeServer server = new BridgeServer(monitor, serving);
        LinkReader.start("monitor reader", monitor, server.session);
        serving.listeners()
                .forEach(listener -> server.startThread("client acceptor", () -> server.acceptAll(listener)));
        server.startThread("session", server::runSession);
        return server;
    }

    private void startThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The TCP port of the first listener. */
    public int port() {
        return serving.listeners().get(0).port();
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

    private void acceptAll(LinkListener listener) {
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
        serving.listeners().forEach(LinkListener::close);
        monitor.close();
    }
}
