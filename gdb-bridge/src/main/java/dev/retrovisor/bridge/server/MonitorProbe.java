// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out whether a monitor answers on a link, by asking it for its thread. Used before a {@link BridgeServer} starts. */
public final class MonitorProbe {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    /** On a line that may lose a question, or its answer: many of them, so that one comes through. */
    private static final Duration ASK_AGAIN_LOSSY = Duration.ofMillis(150);

    private static final Duration SETTLE = Duration.ofMillis(250);

    private static final Pattern COMPLAINT = Pattern.compile("retrovisor: ([^\\r\\n]+)\\r?\\n");

    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofReplies();
    private final byte[] buffer = new byte[4096];
    private long asked;
    private boolean everAsked;
    private int received;
    private boolean answered;
    private String text = "";

    public MonitorProbe(Link link) {
        this.link = link;
    }

    /** Waits up to {@code patience}; may be called again. True once the monitor has answered and has nothing more to say. */
    public boolean answers(Duration patience) throws LinkLostException {
        long end = System.nanoTime() + patience.toNanos();
        while (!answered && System.nanoTime() - end < 0) {
            ask();
            listen(patience.compareTo(askAgain()) < 0 ? patience : askAgain());
        }
        while (answered && listen(SETTLE)) {
            // A second answer, to a question asked twice.
        }
        return answered;
    }

    /** What the monitor said in plain text instead of an answer: that it cannot start, and why. */
    public Optional<String> complaint() {
        Matcher complaint = COMPLAINT.matcher(text);
        return complaint.find() ? Optional.of("the monitor says: " + complaint.group(1)) : Optional.empty();
    }

    /** How many bytes came, of whatever kind: if there are some and no answer, the speed is probably wrong. */
    public int received() {
        return received;
    }

    /** After an answer: detaches, so that the guest, which the question has stopped, runs again. */
    public void letRun() throws LinkLostException {
        link.write(FrameEncoder.packet(Bytes.ascii("D")));
        listen(ASK_AGAIN);
        while (listen(SETTLE)) {
            // Until it has nothing more to say.
        }
    }

    private Duration askAgain() {
        return link.isReliable() ? ASK_AGAIN : ASK_AGAIN_LOSSY;
    }

    private void ask() throws LinkLostException {
        if (everAsked && System.nanoTime() - asked < askAgain().toNanos()) {
            return;
        }
        everAsked = true;
        asked = System.nanoTime();
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        question.writeBytes(FrameEncoder.ack());
        question.writeBytes(FrameEncoder.packet(Bytes.ascii("qC")));
        link.write(question.toByteArray());
    }

    private boolean listen(Duration patience) throws LinkLostException {
        int count = link.read(buffer, patience);
        received += count;
        text = (text + Bytes.of(buffer, 0, count).text());
        text = text.substring(Math.max(0, text.length() - buffer.length));
        boolean[] packet = {false};
        decoder.decode(buffer, count, event -> packet[0] |= event instanceof RspEvent.Packet);
        if (packet[0]) {
            link.write(FrameEncoder.ack());
            answered = true;
        }
        return count > 0;
    }
}
