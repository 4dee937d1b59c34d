// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** One command on its way to the monitor and back. Owned by its {@link MonitorPort}. */
final class Exchange {
    /** No tag: replies say nothing of what they answer. */
    static final char UNTAGGED = 0;

    final Command command;
    char tag;
    byte[] frame;
    boolean acknowledged;
    boolean interrupted;
    int attempts = 1;

    /** The frame went out more than once, so that more than one answer may come. */
    boolean ambiguous;

    /** Packets were sent beside it, while the guest ran. */
    boolean hadAside;

    /** It, or its reply, seems to be lost: it is to be sent again when the line is silent. */
    boolean seemsLost;

    /** When the monitor was last heard or asked, in nanoseconds. */
    long since;

    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private int wholeLength = -1;
    private int textLength;

    Exchange(Command command, char tag, long now) {
        this.command = command;
        this.tag = tag;
        this.frame =
                FrameEncoder.packet(tag == UNTAGGED ? command.content() : TaggedReply.wrap(tag, command.content()));
        this.since = now;
    }

    boolean awaitsPromptReply() {
        return acknowledged && (command.kind() == CommandKind.PROMPT || interrupted);
    }

    boolean isTagged() {
        return tag != UNTAGGED;
    }

    /** Asks for the reply in parts. True if it was not asked for so before. */
    boolean shorten() {
        if (Character.isUpperCase(tag) || hasBegun()) {
            return false;
        }
        tag = Character.toUpperCase(tag);
        frame = FrameEncoder.packet(TaggedReply.wrap(tag, command.content()));
        return true;
    }

    /** True while nothing but silence may be right: the guest runs, or works for us. */
    boolean mayTakeLong() {
        return wholeLength < 0 && command.kind() != CommandKind.PROMPT && !interrupted;
    }

    /** True once the monitor is known to have carried it out. */
    boolean hasBegun() {
        return wholeLength >= 0;
    }

    /** Takes a reply with our tag. False if it is not the next of it: then it is ignored. */
    boolean take(TaggedReply reply) {
        if (!reply.isPart() && wholeLength < 0) {
            wholeLength = reply.length();
            textLength = reply.textLength();
        } else if (!reply.isPart() || reply.offset() != whole.size() || wholeLength < 0) {
            return false;
        }
        whole.writeBytes(reply.bytes().toArray());
        return true;
    }

    /** Asks for what is missing. */
    void continueAt(long now) {
        frame = FrameEncoder.packet(TaggedReply.askPart(tag, whole.size()));
        acknowledged = false;
        attempts = 1;
        since = now;
    }

    /** The reply, when all of it is there. */
    Optional<TaggedReply.Whole> whole() {
        if (wholeLength < 0 || whole.size() < wholeLength) {
            return Optional.empty();
        }
        Bytes all = Bytes.of(whole.toByteArray());
        return Optional.of(new TaggedReply.Whole(Bytes.of(all.toArray(), 0, textLength), all.from(textLength)));
    }
}
