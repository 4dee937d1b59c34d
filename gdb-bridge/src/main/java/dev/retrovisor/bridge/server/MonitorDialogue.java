// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;

/**
 * Questions and answers with a monitor that answers, on a link that loses nothing, before a {@link BridgeServer} takes it over.
 */
public final class MonitorDialogue {
    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofReplies();
    private final byte[] buffer = new byte[1 << 16];
    private final Deque<Bytes> packets = new ArrayDeque<>();

    public MonitorDialogue(Link link) {
        this.link = link;
    }

    /** The reply to one packet; fails when there is none within {@code patience}. */
    public byte[] ask(String question, Duration patience) throws LinkLostException {
        link.write(FrameEncoder.packet(Bytes.ascii(question)));
        return packet(question, patience).toArray();
    }

    /** What {@code monitor} and the words print. */
    public String command(String words, Duration patience) throws LinkLostException {
        link.write(FrameEncoder.packet(
                Bytes.ascii("qRcmd," + HexFormat.of().formatHex(words.getBytes(StandardCharsets.US_ASCII)))));
        StringBuilder text = new StringBuilder();
        while (true) {
            Bytes packet = packet("monitor " + words, patience);
            if (packet.isAscii("OK")) {
                return text.toString();
            }
            if (!packet.startsWith("O")) {
                throw new LinkLostException(link.name(), "monitor " + words + " was answered " + packet);
            }
            text.append(consoleText(packet));
        }
    }

    /**
     * What came of a resume.
     *
     * @param text the console text before the stop
     * @param reply the stop reply
     */
    public record Stop(String text, String reply) {}

    /** Resumes by a packet such as {@code bc}, and waits for the stop. */
    public Stop resume(String packet, Duration patience) throws LinkLostException {
        link.write(FrameEncoder.packet(Bytes.ascii(packet)));
        StringBuilder text = new StringBuilder();
        while (true) {
            Bytes reply = packet(packet, patience);
            if (!reply.startsWith("O") || reply.isAscii("OK")) {
                return new Stop(text.toString(), reply.text());
            }
            text.append(consoleText(reply));
        }
    }

    private static String consoleText(Bytes packet) {
        return new String(HexFormat.of().parseHex(packet.from(1).text()), StandardCharsets.ISO_8859_1);
    }

    private Bytes packet(String question, Duration patience) throws LinkLostException {
        long end = System.nanoTime() + patience.toNanos();
        while (packets.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new LinkLostException(
                        link.name(), "no answer to " + question + " within " + patience.toSeconds() + " s");
            }
            int count = link.read(buffer, Duration.ofNanos(left));
            decoder.decode(buffer, count, event -> {
                if (event instanceof RspEvent.Packet packet) {
                    packets.add(packet.content());
                }
            });
        }
        link.write(FrameEncoder.ack());
        return packets.remove();
    }
}
