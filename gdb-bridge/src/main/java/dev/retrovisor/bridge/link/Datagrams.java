// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Sends UDP messages to one port of this machine. Owns its socket. */
public final class Datagrams implements AutoCloseable {
    private final DatagramChannel channel;
    private final int port;

    private Datagrams(DatagramChannel channel, int port) {
        this.channel = channel;
        this.port = port;
    }

    /** Nothing is sent, and nobody need listen, yet. */
    public static Datagrams to(int port) throws LinkOpenException {
        try {
            DatagramChannel channel = DatagramChannel.open();
            channel.connect(new InetSocketAddress(InetAddress.getByAddress(LinkListener.LOOPBACK), port));
            return new Datagrams(channel, port);
        } catch (IOException e) {
            throw new LinkOpenException("UDP port " + port, String.valueOf(e.getMessage()), "try again");
        }
    }

    /** A UDP port of the loopback address that nobody uses now. */
    public static int freePort() throws LinkOpenException {
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(LinkListener.LOOPBACK), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LinkOpenException("UDP", String.valueOf(e.getMessage()), "try again");
        }
    }

    /** Nobody knows whether a message arrives. */
    public void send(byte[] message) throws LinkLostException {
        try {
            channel.write(ByteBuffer.wrap(message));
        } catch (IOException e) {
            throw new LinkLostException("UDP port " + port, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        Closing.quietly(channel);
    }
}
