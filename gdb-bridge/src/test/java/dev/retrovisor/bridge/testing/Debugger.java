// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What gdb does on its connection, in small. */
public final class Debugger implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofReplies();
    private final Deque<String> packets = new ArrayDeque<>();

    private Debugger(Link link) {
        this.link = link;
    }

    public static Debugger connect(int port) throws LinkOpenException {
        return new Debugger(new LinkAddress.Tcp("127.0.0.1", port).open(PATIENCE));
    }

    public static Debugger connect(java.nio.file.Path socket) throws LinkOpenException {
        return new Debugger(new LinkAddress.Unix(socket).open(PATIENCE));
    }

    /** Sends a command and acknowledges its answer. */
    public String ask(String command) throws LinkLostException {
        send(command);
        return answer();
    }

    public void send(String command) throws LinkLostException {
        link.write(FrameEncoder.packet(Bytes.ascii(command)));
    }

    public void raw(String bytes) throws LinkLostException {
        link.write(Bytes.ascii(bytes).toArray());
    }

    /** The next packet; fails if none comes in time. */
    public String answer() throws LinkLostException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        byte[] buffer = new byte[65536];
        while (packets.isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("no answer within " + PATIENCE.toSeconds() + " s");
            }
            int count = link.read(buffer, Duration.ofMillis(100));
            decoder.decode(buffer, count, this::keep);
        }
        link.write(FrameEncoder.ack());
        return packets.remove();
    }

    /** Whatever bytes come within {@code patience}, as they are. */
    public String hears(Duration patience) throws LinkLostException {
        byte[] buffer = new byte[65536];
        return Bytes.of(buffer, 0, link.read(buffer, patience)).text();
    }

    private void keep(RspEvent event) {
        if (event instanceof RspEvent.Packet packet) {
            packets.add(packet.content().text());
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
