// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bytes of a {@link MonitorPort}: what goes out, and what comes in, whole or in pieces. */
final class MonitorLine {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorLine.class);

    /** {@code $#00}: less noise than this may have been an acknowledgement, which nobody sends again. */
    private static final int SHORTEST_FRAME = 4;

    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofReplies();
    private long lastHeard;
    private int noise;
    private boolean owesAck;

    MonitorLine(Link link) {
        this.link = link;
    }

    String name() {
        return link.name();
    }

    List<RspEvent> received(byte[] bytes, long at) {
        lastHeard = at;
        List<RspEvent> events = new ArrayList<>();
        decoder.decode(bytes, bytes.length, events::add);
        return events;
    }

    /** A byte came that means nothing. */
    void heardNoise() {
        noise++;
    }

    /** A whole packet came; what came before it is over. */
    void heardPacket() {
        noise = 0;
    }

    void write(byte[] frame) throws LinkLostException {
        if (!owesAck) {
            link.write(frame);
            return;
        }
        owesAck = false;
        byte[] both = new byte[1 + frame.length];
        both[0] = FrameEncoder.ack()[0];
        System.arraycopy(frame, 0, both, 1, frame.length);
        link.write(both);
    }

    /** A packet arrived; what came before it is over. Where nothing gets lost the next packet takes this along: nobody waits for it. */
    void acknowledge() throws LinkLostException {
        noise = 0;
        owesAck = link.isReliable();
        if (!owesAck) {
            link.write(FrameEncoder.ack());
        }
    }

    void askAgain(String why) throws LinkLostException {
        LOG.debug("{}: {}, asking for it again", link.name(), why);
        link.write(FrameEncoder.nak());
    }

    /** If the monitor waits for the end of a packet that got lost, this is one; else it means nothing. */
    void endFrame() throws LinkLostException {
        link.write(Bytes.ascii("#00").toArray());
    }

    void interrupt() throws LinkLostException {
        link.write(FrameEncoder.interrupt());
    }

    /** How often the link was lost and came back. */
    int interruptions() {
        return link.interruptions();
    }

    /** True while it is lost. */
    boolean isDown() {
        return link.isDown();
    }

    /** When the last byte came. */
    long lastHeard() {
        return lastHeard;
    }

    /** After {@code quiet} nanoseconds of silence: true if what came before looks like a frame that lost its start or end. */
    boolean gaveUpFrame(long at, long quiet) {
        if (at - lastHeard <= quiet) {
            return false;
        }
        boolean wasFrame = decoder.isInsideFrame() || noise >= SHORTEST_FRAME;
        decoder.reset();
        noise = 0;
        return wasFrame;
    }
}
