// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A connected socket of either family. Owns the channel and its two selectors. */
final class ChannelLink implements Link {
    private final SocketChannel channel;
    private final String name;
    private final Selector readable;
    private final Selector writable;

    ChannelLink(SocketChannel channel, String name) throws IOException {
        this.channel = channel;
        this.name = name;
        channel.configureBlocking(false);
        this.readable = channel.provider().openSelector();
        this.writable = channel.provider().openSelector();
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    @Override
    public int read(byte[] buffer, Duration patience) throws LinkLostException {
        try {
            ByteBuffer target = ByteBuffer.wrap(buffer);
            int count = channel.read(target);
            if (count == 0 && awaitReady(readable, patience)) {
                count = channel.read(target);
            }
            return checkOpen(count);
        } catch (IOException | ClosedSelectorException e) {
            throw lost(e);
        }
    }

    private int checkOpen(int count) throws LinkLostException {
        if (count < 0) {
            throw new LinkLostException(name, "the other side closed the connection");
        }
        return count;
    }

    @Override
    public void write(byte[] bytes) throws LinkLostException {
        try {
            ByteBuffer source = ByteBuffer.wrap(bytes);
            while (source.hasRemaining()) {
                if (channel.write(source) == 0 && !awaitReady(writable, WRITE_PATIENCE)) {
                    throw new LinkLostException(
                            name, "the other side has taken no bytes for " + WRITE_PATIENCE.toSeconds() + " s");
                }
            }
        } catch (IOException | ClosedSelectorException e) {
            throw lost(e);
        }
    }

    @Override
    public int writeSome(byte[] bytes) throws LinkLostException {
        try {
            return channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static boolean awaitReady(Selector selector, Duration patience) throws IOException {
        boolean ready = selector.select(Math.max(1, patience.toMillis())) > 0;
        selector.selectedKeys().clear();
        return ready;
    }

    private LinkLostException lost(Exception cause) {
        String why = cause instanceof IOException && cause.getMessage() != null ? cause.getMessage() : "closed";
        return new LinkLostException(name, why);
    }

    @Override
    public boolean isReliable() {
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        Closing.quietly(channel);
        Closing.quietly(readable);
        Closing.quietly(writable);
    }
}
