// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Unix-domain socket. Connecting to one never waits: it is accepted, or refused, at once. */
final class UnixLink {
    private UnixLink() {}

    static Link connect(Path path) throws LinkOpenException {
        String name = path.toString();
        if (!Files.exists(path)) {
            throw new LinkOpenException(name, "no such socket", "start the target, or check the path");
        }
        if (!Files.isReadable(path) || !Files.isWritable(path)) {
            throw new LinkOpenException(name, "permission denied", "run as the user who owns the socket");
        }
        try {
            return open(path, name);
        } catch (IOException | IllegalArgumentException e) {
            throw new LinkOpenException(
                    name, "connection refused", "nobody listens there: start the target, or check the path");
        }
    }

    private static Link open(Path path, String name) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new ChannelLink(channel, name);
        } catch (IOException e) {
            Closing.quietly(channel);
            throw e;
        }
    }
}
