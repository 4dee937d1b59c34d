// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.files.OpenFiles;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A debugger's connection: its packets, answered one after another. Acknowledges until the debugger asks for no-ack mode; an
 * acknowledgement goes out in one write with the reply when that comes soon. Owned by the session; owns the link.
 */
final class Client implements RspEvent.Handler<Void, LinkLostException> {
    /** How long an acknowledgement waits for its reply. */
    static final long ACK_DELAY_NANOS = 20_000_000;

    /** Commands sent without waiting for answers. */
    static final int MAX_WAITING = 1024;

    private final Link link;
    private final Outbox outbox;
    private final OpenFiles files;
    private final FrameDecoder decoder = FrameDecoder.ofCommands();
    private final Deque<Bytes> waiting = new ArrayDeque<>();
    private final long since;
    private boolean greeted;
    private boolean acknowledging = true;
    private boolean owesAck;
    private long owesAckSince;
    private long now;
    private byte[] lastFrame = {};
    private boolean awaitsAnswer;
    private boolean awaitsAside;
    private boolean interrupted;
    private boolean mayControl = true;
    private boolean physicalMemory;
    private Bytes features = Bytes.ascii("qSupported");

    Client(Link link, OpenFiles files, long since) {
        this.files = files;
        this.link = link;
        this.outbox = Outbox.start(link);
        this.since = since;
    }

    Link link() {
        return link;
    }

    /** When it connected. */
    long since() {
        return since;
    }

    /** True once it has sent a byte of RSP. */
    boolean hasGreeted() {
        return greeted;
    }

    /** The next command, or null: none came, or the one before it has not been answered. */
    Bytes next() {
        return awaitsAnswer ? null : waiting.peek();
    }

    /** Takes the next command; {@link #reply} is to follow. */
    Bytes take() {
        awaitsAnswer = true;
        return waiting.remove();
    }

    /** What it sent while it waits for an answer, or null: the guest runs for it, and it asks for something meanwhile. */
    Bytes nextAside() {
        return awaitsAnswer && !awaitsAside ? waiting.peek() : null;
    }

    /** Takes that; {@link #replyAside} is to follow. */
    Bytes takeAside() {
        awaitsAside = true;
        return waiting.remove();
    }

    /** Answers that; the answer to the command before is still to come. */
    void replyAside(Bytes content) throws LinkLostException {
        awaitsAside = false;
        output(content);
    }

    /** True, once, if it wants the guest stopped, and all it said before that has been taken. */
    boolean takeInterrupt() {
        boolean due = interrupted && next() == null;
        interrupted &= !due;
        return due;
    }

    /** The {@code qSupported} it sent last. */
    Bytes features() {
        return features;
    }

    void knows(Bytes negotiation) {
        features = negotiation;
    }

    /** True until it has found somebody else in control: a reader takes control by a word only. */
    boolean mayControl() {
        return mayControl;
    }

    void reads() {
        mayControl = false;
    }

    /** {@code QRetro.PhysicalMemory}: addresses are guest-physical. */
    boolean physicalMemory() {
        return physicalMemory;
    }

    void setPhysicalMemory(boolean physical) {
        physicalMemory = physical;
    }

    boolean announced(String feature) {
        return List.of(features.text()
                        .substring("qSupported".length())
                        .replaceFirst("^:", "")
                        .split(";", -1))
                .contains(feature + "+");
    }

    void received(byte[] bytes, long at) throws LinkLostException {
        now = at;
        greet(bytes[0]);
        List<RspEvent> events = new ArrayList<>();
        decoder.decode(bytes, bytes.length, events::add);
        for (RspEvent event : events) {
            event.accept(this);
        }
    }

    private void greet(byte first) throws LinkLostException {
        if (!greeted && first != '+' && first != '-' && first != '$' && first != 0x03) {
            throw new LinkLostException(
                    link.name(), "does not speak RSP: its first byte is " + Bytes.of(new byte[] {first}));
        }
        greeted = true;
    }

    /** Sends the answer to the command it waits for. */
    void reply(Bytes content) throws LinkLostException {
        awaitsAnswer = false;
        output(content);
    }

    /** It gets no answer. */
    void noReply() {
        awaitsAnswer = false;
    }

    /** Sends a packet that is not the answer yet: console text. */
    void output(Bytes content) throws LinkLostException {
        lastFrame = FrameEncoder.packet(content);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(lastFrame.length + 1);
        if (owesAck) {
            owesAck = false;
            bytes.writeBytes(FrameEncoder.ack());
        }
        bytes.writeBytes(lastFrame);
        outbox.write(bytes.toByteArray());
    }

    void announce(Bytes content) throws LinkLostException {
        outbox.write(FrameEncoder.notification(content));
    }

    /** Sends an acknowledgement whose reply does not come soon. */
    void tick(long at) throws LinkLostException {
        if (owesAck && at - owesAckSince >= ACK_DELAY_NANOS) {
            payAck();
        }
    }

    boolean owesAck() {
        return owesAck;
    }

    OpenFiles files() {
        return files;
    }

    void close() {
        files.close();
        outbox.close();
    }

    private void payAck() throws LinkLostException {
        owesAck = false;
        outbox.write(FrameEncoder.ack());
    }

    @Override
    public Void packet(Bytes content) throws LinkLostException {
        if (waiting.size() == MAX_WAITING) {
            throw new LinkLostException(
                    link.name(), "sent more than " + MAX_WAITING + " commands without waiting for answers");
        }
        if (owesAck) {
            payAck();
        }
        owesAck = acknowledging;
        owesAckSince = now;
        if (content.isAscii("QStartNoAckMode")) {
            output(Bytes.ascii("OK"));
            acknowledging = false;
        } else {
            waiting.add(content);
        }
        return null;
    }

    @Override
    public Void interrupt() {
        interrupted = true;
        return null;
    }

    @Override
    public Void nak() throws LinkLostException {
        if (acknowledging && lastFrame.length > 0) {
            outbox.write(lastFrame);
        }
        return null;
    }

    @Override
    public Void damaged(String why) throws LinkLostException {
        if (!acknowledging) {
            throw new LinkLostException(link.name(), "sent a damaged packet in no-ack mode: " + why);
        }
        outbox.write(FrameEncoder.nak());
        return null;
    }

    @Override
    public Void ack() {
        return null;
    }

    @Override
    public Void notification(Bytes content) {
        return null;
    }

    @Override
    public Void noise(int value) {
        return null;
    }
}
