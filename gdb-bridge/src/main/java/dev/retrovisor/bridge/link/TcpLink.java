// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** TCP, without Nagle's delay: a reply in two segments would otherwise cost 40 ms. */
final class TcpLink {
    private TcpLink() {}

    static Link connect(String host, int port, Duration patience) throws LinkOpenException {
        String name = host + ":" + port;
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new LinkOpenException(name, "unknown host", "check the name");
        }
        try {
            return of(connect(address, patience), name);
        } catch (SocketTimeoutException e) {
            throw new LinkOpenException(
                    name,
                    "no answer within " + patience.toSeconds() + " s",
                    "check the address, and that the target is on");
        } catch (ConnectException e) {
            throw new LinkOpenException(name, "connection refused", "start the target, or check the port");
        } catch (IOException e) {
            throw new LinkOpenException(name, String.valueOf(e.getMessage()), "check the address");
        }
    }

    static Link of(SocketChannel channel, String name) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new ChannelLink(channel, name);
    }

    private static SocketChannel connect(InetSocketAddress address, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, (int) patience.toMillis());
            return channel;
        } catch (IOException e) {
            Closing.quietly(channel);
            throw e;
        }
    }
}
