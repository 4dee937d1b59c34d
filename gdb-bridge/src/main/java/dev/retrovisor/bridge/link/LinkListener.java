// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A TCP port on the loopback address where debuggers connect. */
public final class LinkListener implements AutoCloseable {
    static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final ServerSocketChannel server;
    private final int port;

    private LinkListener(ServerSocketChannel server) {
        this.server = server;
        this.port = server.socket().getLocalPort();
    }

    /** Listens on {@code port} of the loopback address, or on any free one if it is 0. */
    public static LinkListener onLoopback(int port) throws LinkOpenException {
        String name = "port " + port;
        try {
            return new LinkListener(bind(port));
        } catch (BindException e) {
            String why = String.valueOf(e.getMessage());
            if (why.contains("denied")) {
                throw new LinkOpenException(name, "permission denied", "choose a port above 1023 with --port");
            }
            throw new LinkOpenException(
                    name, "in use by another program", "choose another with --port N, or --port 0 for any free one");
        } catch (IOException e) {
            throw new LinkOpenException(name, String.valueOf(e.getMessage()), "choose another with --port");
        }
    }

    private static ServerSocketChannel bind(int port) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            return server;
        } catch (IOException e) {
            Closing.quietly(server);
            throw e;
        }
    }

    /** The port that was bound. */
    public int port() {
        return port;
    }

    /** Waits for the next debugger, without bound: {@link #close} ends the wait. */
    public Link accept() throws LinkLostException {
        try {
            SocketChannel channel = server.accept();
            return TcpLink.of(channel, peer(channel));
        } catch (IOException e) {
            throw new LinkLostException("port " + port, "closed");
        }
    }

    private static String peer(SocketChannel channel) throws IOException {
        InetSocketAddress address = (InetSocketAddress) channel.getRemoteAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() {
        Closing.quietly(server);
    }
}
