// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/** The other end of {@link LinkAddress.Unix}, for tests. */
public final class UnixServer implements AutoCloseable {
    private final ServerSocketChannel server;

    private UnixServer(ServerSocketChannel server) {
        this.server = server;
    }

    public static UnixServer on(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        return new UnixServer(server);
    }

    public Link accept() throws IOException {
        return new ChannelLink(server.accept(), "unix client");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
