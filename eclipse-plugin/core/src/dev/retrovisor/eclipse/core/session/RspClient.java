// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The debugger's end of a connection with the bridge (GDB manual, Remote Protocol). One thread asks; {@link #interrupt} and {@link #close} may be called by any. A
 * thread of its own reads, so that what nobody asked for is heard as well.
 */
final class RspClient implements AutoCloseable {
    /** Of a stop elsewhere: another debugger is in control. */
    private static final String STOP_ELSEWHERE = "RetroStop:";

    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration READ_SLICE = Duration.ofSeconds(1);
    private static final Bytes LOST = Bytes.ascii("");

    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofReplies();
    private final BlockingQueue<Bytes> replies = new LinkedBlockingQueue<>();
    private final Consumer<Bytes> stoppedElsewhere;
    private final Runnable lost;
    private volatile String lossReason = "";
    private String said = "";

    private RspClient(Link link, Consumer<Bytes> stoppedElsewhere, Runnable lost) {
        this.link = link;
        this.stoppedElsewhere = stoppedElsewhere;
        this.lost = lost;
    }

    /** {@code stoppedElsewhere} and {@code lost} are called by the thread that reads. */
    static RspClient connect(int port, Consumer<Bytes> stoppedElsewhere, Runnable lost)
            throws LinkOpenException, LinkLostException {
        Link link = new LinkAddress.Tcp("127.0.0.1", port).open(CONNECT_PATIENCE);
        RspClient client = new RspClient(link, stoppedElsewhere, lost);
        Thread reader = new Thread(client::read, "session reader");
        reader.setDaemon(true);
        reader.start();
        client.write(FrameEncoder.ack());
        return client;
    }

    /** Sends a command and waits for its answer; console text before it is in {@link #said}. */
    Bytes ask(String command, Duration patience) throws LinkLostException {
        send(command);
        return answer(patience);
    }

    void send(String command) throws LinkLostException {
        write(FrameEncoder.packet(Bytes.ascii(command)));
    }

    /** The next answer, without console text. */
    Bytes answer(Duration patience) throws LinkLostException {
        long end = System.nanoTime() + patience.toNanos();
        said = "";
        while (true) {
            Bytes packet = next(end);
            if (packet == null) {
                throw new LinkLostException(link.name(), "no answer within " + patience.toSeconds() + " s");
            }
            if (!isText(packet)) {
                return packet;
            }
            said += text(packet);
        }
    }

    private Bytes next(long end) throws LinkLostException {
        try {
            Bytes packet = replies.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (packet == LOST) {
                replies.add(LOST);
                throw new LinkLostException(link.name(), lossReason);
            }
            return packet;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkLostException(link.name(), "interrupted");
        }
    }

    /** Console text that preceded the last answer. */
    String said() {
        return said;
    }

    /** Asks for a stop. */
    void interrupt() throws LinkLostException {
        write(FrameEncoder.interrupt());
    }

    private synchronized void write(byte[] bytes) throws LinkLostException {
        link.write(bytes);
    }

    private static boolean isText(Bytes packet) {
        return packet.length() > 1 && packet.length() % 2 == 1 && packet.startsWith("O");
    }

    private static String text(Bytes packet) {
        return new String(HexFormat.of().parseHex(packet.from(1).text()), StandardCharsets.UTF_8);
    }

    private void read() {
        byte[] buffer = new byte[1 << 16];
        try {
            while (true) {
                decoder.decode(buffer, link.read(buffer, READ_SLICE), this::take);
            }
        } catch (LinkLostException e) {
            lossReason = e.getMessage();
            replies.add(LOST);
            lost.run();
        }
    }

    private void take(RspEvent event) {
        if (event instanceof RspEvent.Packet packet) {
            replies.add(packet.content());
            acknowledge();
        } else if (event instanceof RspEvent.Notification notification
                && notification.content().startsWith(STOP_ELSEWHERE)) {
            stoppedElsewhere.accept(notification.content().from(STOP_ELSEWHERE.length()));
        }
    }

    private void acknowledge() {
        try {
            write(FrameEncoder.ack());
        } catch (LinkLostException e) {
            lossReason = e.getMessage(); // the thread that reads finds out as well
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
