// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;

/** Where debuggers connect: a TCP port, or a Unix-domain socket that only its owner can use. */
public final class LinkListener implements AutoCloseable {
    static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** Accepted connections that wait to be looked at. */
    private static final int BACKLOG = 16;

    private final ServerSocketChannel server;
    private final String name;
    private final Path file;
    private final AtomicInteger accepted = new AtomicInteger();

    private LinkListener(ServerSocketChannel server, String name, Path file) {
        this.server = server;
        this.name = name;
        this.file = file;
    }

    /** Listens on {@code port} of the loopback address, or on any free one if it is 0. */
    public static LinkListener onLoopback(int port) throws LinkOpenException {
        try {
            return onAddress(InetAddress.getByAddress(LOOPBACK), port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Listens on one of this machine's addresses, for whoever can reach it. */
    public static LinkListener onHost(String host, int port) throws LinkOpenException {
        try {
            return onAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new LinkOpenException(host, "no such address", "give one of this machine's, or 0.0.0.0 for all");
        }
    }

    /** True if nobody but this machine can reach {@code host}. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static LinkListener onAddress(InetAddress address, int port) throws LinkOpenException {
        String name = "port " + port;
        try {
            ServerSocketChannel server = bind(ServerSocketChannel.open(), new InetSocketAddress(address, port));
            return new LinkListener(server, "port " + server.socket().getLocalPort(), null);
        } catch (BindException e) {
            throw refused(name, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new LinkOpenException(name, String.valueOf(e.getMessage()), "choose another with --port");
        }
    }

    private static LinkOpenException refused(String name, String why) {
        if (why.contains("denied")) {
            return new LinkOpenException(name, "permission denied", "choose a port above 1023 with --port");
        }
        if (why.contains("assign")) {
            return new LinkOpenException(name, "the address is not this machine's", "give one that is, or 0.0.0.0");
        }
        return new LinkOpenException(
                name, "in use by another program", "choose another with --port N, or --port 0 for any free one");
    }

    /** Listens at {@code path}, which must not exist; readable and writable for its owner only, from the first moment. */
    public static LinkListener onUnix(Path path) throws LinkOpenException {
        if (Files.exists(path)) {
            throw new LinkOpenException(
                    path.toString(), "there is something already", "remove it, or choose another with --listen-unix");
        }
        Path hidden = null;
        try {
            hidden = Files.createTempDirectory(
                    path.toAbsolutePath().resolveSibling("."),
                    ".retrovisor",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return bindHidden(hidden.resolve("s"), path);
        } catch (IOException | IllegalArgumentException e) {
            throw new LinkOpenException(
                    path.toString(), "cannot listen there: " + e.getMessage(), "choose another with --listen-unix");
        } finally {
            Closing.delete(hidden);
        }
    }

    /** Bound where nobody else can look, given its mode, and then moved to where it is found. */
    private static LinkListener bindHidden(Path hidden, Path path) throws IOException {
        ServerSocketChannel server =
                bind(ServerSocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(hidden));
        try {
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
            Files.move(hidden, path);
            return new LinkListener(server, path.toString(), path);
        } catch (IOException e) {
            Closing.quietly(server);
            Closing.delete(hidden);
            throw e;
        }
    }

    private static ServerSocketChannel bind(ServerSocketChannel server, SocketAddress address) throws IOException {
        try {
            server.bind(address, BACKLOG);
            return server;
        } catch (IOException e) {
            Closing.quietly(server);
            throw e;
        }
    }

    /** The TCP port that was bound; 0 for a Unix-domain socket. */
    public int port() {
        return file == null ? server.socket().getLocalPort() : 0;
    }

    /** Waits for the next debugger, without bound: {@link #close} ends the wait. */
    public Link accept() throws LinkLostException {
        try {
            SocketChannel channel = server.accept();
            return file == null
                    ? TcpLink.of(channel, peer(channel))
                    : new ChannelLink(channel, name + " #" + accepted.incrementAndGet());
        } catch (IOException e) {
            throw new LinkLostException(name, "closed");
        }
    }

    private static String peer(SocketChannel channel) throws IOException {
        InetSocketAddress address = (InetSocketAddress) channel.getRemoteAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() {
        Closing.quietly(server);
        Closing.delete(file);
    }
}
