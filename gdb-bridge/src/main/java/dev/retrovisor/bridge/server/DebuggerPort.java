// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A debugger's side of the bridge. Acknowledges until the debugger asks for no-ack mode; an acknowledgement goes out in one
 * write with the reply when that comes soon. Owned by the session's thread; owns the link.
 */
final class DebuggerPort implements RspEvent.Handler<Void, LinkLostException> {
    /** Where commands go. */
    interface Commands {
        void command(Command command);

        void interrupt();
    }

    /** How long an acknowledgement waits for its reply. */
    static final long ACK_DELAY_NANOS = 20_000_000;

    private final Link link;
    private final Commands commands;
    private final FrameDecoder decoder = FrameDecoder.ofCommands();
    private boolean greeted;
    private boolean acknowledging = true;
    private boolean owesAck;
    private long owesAckSince;
    private long now;
    private byte[] lastFrame = {};

    DebuggerPort(Link link, Commands commands) {
        this.link = link;
        this.commands = commands;
    }

    Link link() {
        return link;
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

    /** Sends the answer to the last command. */
    void reply(Bytes content) throws LinkLostException {
        lastFrame = FrameEncoder.packet(content);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(lastFrame.length + 1);
        if (owesAck) {
            owesAck = false;
            bytes.writeBytes(FrameEncoder.ack());
        }
        bytes.writeBytes(lastFrame);
        link.write(bytes.toByteArray());
    }

    void announce(Bytes content) throws LinkLostException {
        link.write(FrameEncoder.notification(content));
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

    private void payAck() throws LinkLostException {
        owesAck = false;
        link.write(FrameEncoder.ack());
    }

    @Override
    public Void packet(Bytes content) throws LinkLostException {
        if (owesAck) {
            payAck();
        }
        owesAck = acknowledging;
        owesAckSince = now;
        if (content.isAscii("QStartNoAckMode")) {
            reply(Bytes.ascii("OK"));
            acknowledging = false;
        } else {
            commands.command(Command.of(content, this));
        }
        return null;
    }

    @Override
    public Void interrupt() {
        commands.interrupt();
        return null;
    }

    @Override
    public Void nak() throws LinkLostException {
        if (acknowledging && lastFrame.length > 0) {
            link.write(lastFrame);
        }
        return null;
    }

    @Override
    public Void damaged(String why) throws LinkLostException {
        if (!acknowledging) {
            throw new LinkLostException(link.name(), "sent a damaged packet in no-ack mode: " + why);
        }
        link.write(FrameEncoder.nak());
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
