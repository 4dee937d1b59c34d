// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.cache.StopReply;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor's side of the bridge: one command at a time, acknowledged, sent again if it gets lost. Time is a parameter
 * (nanoseconds). Owned by the session.
 */
final class MonitorPort implements RspEvent.Handler<Void, LinkLostException> {
    /** Where answers go. */
    interface Replies {
        void output(Command command, Bytes content);

        void reply(Command command, Bytes content);

        void notification(Bytes content);
    }

    private static final Logger LOG = LoggerFactory.getLogger(MonitorPort.class);

    /** The answer to what was on its way when the link was lost. */
    private static final Bytes LOST =
            Bytes.ascii("E.the link to the monitor was lost: it is not known whether this was carried out");

    private final MonitorLine line;
    private final RetryPolicy policy;
    private final Replies replies;
    private final Tags tags = new Tags();
    private Exchange exchange;

    /** A packet answered while the guest runs for {@link #exchange}, or null. */
    private Exchange aside;

    private int interruptions;
    private long now;
    private long settledAt;

    MonitorPort(Link link, RetryPolicy policy, Replies replies, long now) {
        this.line = new MonitorLine(link);
        this.policy = policy;
        this.replies = replies;
        this.now = now;
        this.settledAt = now;
    }

    /** Packets get tags from now on, if the answer to the next one has one. */
    void tryTags() {
        tags.tryThem();
    }

    /** True if the monitor understands tags, and this line needs them. */
    boolean usesTags() {
        return tags.areUsed();
    }

    /** How often the link was lost and came back. */
    int interruptions() {
        return line.interruptions();
    }

    /** True while the link is lost and may come back. */
    boolean isDown() {
        return line.isDown();
    }

    boolean isLossy() {
        return policy.isLossy();
    }

    /** True if the next command may start. */
    boolean isFree(long at) {
        return exchange == null && aside == null && at - settledAt >= 0 && !line.isDown();
    }

    /** True if the guest runs because a debugger resumed it. */
    boolean isResumed() {
        return exchange != null && exchange.command.kind() == CommandKind.RESUME;
    }

    /** True if it runs forward until something stops it. */
    boolean isContinued() {
        return isResumed() && exchange.command.isContinue();
    }

    /**
     * True if a packet may start that is answered while the guest runs. Not on a line that loses bytes: there a reply would have to
     * say whether it is the stop.
     */
    boolean isFreeAside() {
        return isResumed() && aside == null && !policy.isLossy() && !exchange.interrupted;
    }

    /** Only when free aside. */
    void startAside(Command command, long at) throws LinkLostException {
        now = at;
        aside = new Exchange(command, Exchange.UNTAGGED, at);
        exchange.hadAside = true;
        line.write(aside.frame);
    }

    /** Only when free. */
    void start(Command command, long at) throws LinkLostException {
        now = at;
        exchange = new Exchange(command, tags.next(), at);
        line.write(exchange.frame);
    }

    /** Passes a break-in on, at once and past any command. */
    void interrupt(long at) throws LinkLostException {
        now = at;
        if (exchange != null) {
            exchange.interrupted = true;
            exchange.since = at;
        }
        line.interrupt();
    }

    void received(byte[] bytes, long at) throws LinkLostException {
        now = at;
        for (RspEvent event : line.received(bytes, at)) {
            event.accept(this);
        }
    }

    /** To be called at least every {@link RetryPolicy#quiet}. */
    void tick(long at) throws LinkLostException {
        now = at;
        if (interruptions != line.interruptions()) {
            interruptions = line.interruptions();
            afterInterruption();
        }
        if (!policy.isLossy()) {
            return;
        }
        if (line.gaveUpFrame(at, policy.quiet().toNanos()) && exchange != null) {
            damaged("a part of a frame is missing");
        }
        sendLostAgain();
        long patience =
                (exchange != null && exchange.isTagged() ? policy.taggedPatience() : policy.patience()).toNanos();
        if (exchange != null && at - exchange.since > patience) {
            overdue();
        }
    }

    /**
     * Only in silence: while copies of packets, or of replies, are on their way, each answer to one of them would bring one more
     * copy of the next, and there would be ever more.
     */
    private void sendLostAgain() throws LinkLostException {
        if (seemsLost()
                && now - Math.max(line.lastHeard(), exchange.since)
                        > policy.silence().toNanos()) {
            sendAgain("damaged on the way, or its reply");
        }
    }

    /** True if the exchange's packet waits for silence to be sent again. */
    boolean seemsLost() {
        return exchange != null && exchange.seemsLost;
    }

    /**
     * The link was lost and is back. With a tag the packet may simply come twice. Without one: what only looks is asked again. What
     * the monitor has acknowledged was carried out; {@code -} brings its reply, or nothing while the guest runs. What it has not
     * acknowledged was perhaps carried out, and is not sent again: who asked is told how the guest is, or that it is unknown.
     */
    private void afterInterruption() throws LinkLostException {
        line.gaveUpFrame(now, 0);
        if (aside != null) {
            Command lost = aside.command;
            aside = null;
            replies.reply(lost, LOST);
        }
        if (exchange == null) {
            return;
        }
        if (exchange.isTagged()) {
            exchange.seemsLost = true;
        } else {
            recover();
        }
        if (exchange != null && exchange.interrupted) {
            line.interrupt();
        }
    }

    private void recover() throws LinkLostException {
        if (exchange.command.onlyLooks()) {
            exchange.ambiguous = true;
            line.write(exchange.frame);
        } else if (exchange.acknowledged) {
            exchange.ambiguous = true;
            line.askAgain("the link is back");
            line.askAgain("the first may speak of the text before the stop");
        } else if (exchange.command.kind() == CommandKind.RESUME) {
            exchange.ambiguous = true;
            line.write(FrameEncoder.packet(Bytes.ascii("?")));
        } else {
            finish(LOST);
        }
    }

    private void overdue() throws LinkLostException {
        if (exchange.isTagged()) {
            taggedOverdue();
        } else if (!exchange.acknowledged) {
            sendAgain("no acknowledgement");
        } else if (exchange.awaitsPromptReply()) {
            countAttempt();
            line.askAgain("no answer");
            if (exchange.interrupted) {
                line.interrupt();
            }
        }
    }

    /**
     * {@code -} does no harm while the guest runs, and brings the reply, or that to the command before: then ours was lost. A
     * {@code $} would stop the guest.
     */
    private void taggedOverdue() throws LinkLostException {
        tags.damaged();
        if (exchange.mayTakeLong()) {
            exchange.since = now;
            line.endFrame();
            line.askAgain("silence");
        } else if (exchange.interrupted && !exchange.hasBegun()) {
            countAttempt();
            line.askAgain("no stop");
            line.interrupt();
        } else if (exchange.acknowledged) {
            countAttempt();
            exchange.acknowledged = false;
            line.askAgain("no answer");
        } else {
            sendAgain("no acknowledgement");
        }
    }

    private void sendAgain(String why) throws LinkLostException {
        countAttempt();
        LOG.debug("{}: {}, sending again: {}", line.name(), why, exchange.command.content());
        exchange.ambiguous = true;
        exchange.seemsLost = false;
        line.write(exchange.frame);
    }

    private void countAttempt() throws LinkLostException {
        exchange.since = now;
        if (++exchange.attempts > (exchange.isTagged() ? policy.taggedAttempts() : policy.attempts())) {
            throw new LinkLostException(
                    line.name(),
                    "the monitor has not answered " + (exchange.attempts - 1) + " times (is the target on?)");
        }
    }

    @Override
    public Void ack() {
        if (exchange != null && !exchange.acknowledged) {
            acknowledged();
        } else if (exchange != null && exchange.mayTakeLong()) {
            exchange.attempts = 1;
        }
        return null;
    }

    private void acknowledged() {
        exchange.acknowledged = true;
        exchange.attempts = 1;
        exchange.since = now;
        if (exchange.command.kind() == CommandKind.SILENT) {
            exchange = null;
        }
    }

    @Override
    public Void nak() throws LinkLostException {
        if (exchange != null && exchange.isTagged()) {
            tags.damaged();
            exchange.seemsLost = true;
        } else if (exchange != null && !exchange.acknowledged) {
            sendAgain("damaged on the way");
        }
        return null;
    }

    @Override
    public Void packet(Bytes content) throws LinkLostException {
        if (exchange != null && exchange.isTagged()) {
            taggedPacket(content);
            return null;
        }
        line.acknowledge();
        if (aside != null && (exchange == null || !isOfTheRun(content))) {
            answeredAside(content);
        } else if (exchange == null || isOldAside(content)) {
            LOG.debug("{}: nobody waits for {}", line.name(), content);
        } else {
            answered(content);
        }
        return null;
    }

    /** No acknowledgement: the monitor waits for none, and the next packet is one. */
    private void taggedPacket(Bytes content) throws LinkLostException {
        line.heardPacket();
        if (!TaggedReply.isMarked(content)) {
            untaggedPacket(content);
            return;
        }
        Optional<TaggedReply> reply = TaggedReply.parse(content);
        if (reply.isEmpty()) {
            damaged("a wrong CRC");
        } else if (Character.toLowerCase(reply.get().tag()) == Character.toLowerCase(exchange.tag)) {
            takeTagged(reply.get());
        } else {
            exchange.seemsLost = true; // it answers the one before: so may a copy of that
        }
    }

    /** A monitor that knows no tags does not know the packet. */
    private void untaggedPacket(Bytes content) throws LinkLostException {
        if (tags.areUnknown() && content.length() == 0) {
            tags.areNotUnderstood();
            line.acknowledge();
            finish(content);
        }
    }

    private void takeTagged(TaggedReply reply) throws LinkLostException {
        tags.areUnderstood();
        if (!exchange.take(reply)) {
            return;
        }
        Optional<TaggedReply.Whole> whole = exchange.whole();
        if (whole.isEmpty()) {
            exchange.continueAt(now);
            line.write(exchange.frame);
            return;
        }
        tags.good();
        if (whole.get().text().length() > 0) {
            String digits = HexFormat.of().formatHex(whole.get().text().toArray());
            replies.output(exchange.command, Bytes.ascii("O" + digits));
        }
        finish(whole.get().reply());
    }

    private void finish(Bytes reply) {
        Exchange finished = exchange;
        exchange = null;
        settledAt = now;
        replies.reply(finished.command, reply);
    }

    /** Asked for its last reply after the link was lost, the monitor may bring that to a packet beside the run once more. */
    private boolean isOldAside(Bytes content) {
        return exchange.ambiguous && exchange.hadAside && !isOfTheRun(content);
    }

    /** The stop may come before the answer to a packet that was on its way; so may text of the guest's. */
    private boolean isOfTheRun(Bytes content) {
        return StopReply.parse(content).isPresent()
                || content.startsWith("=")
                || (exchange.command.kind().isOutput(content)
                        && (aside == null || !aside.command.kind().isOutput(content)));
    }

    private void answeredAside(Bytes content) {
        Command command = aside.command;
        if (command.kind().isOutput(content)) {
            replies.output(command, content);
        } else {
            aside = null;
            replies.reply(command, content);
        }
    }

    private void answered(Bytes content) {
        Exchange current = exchange;
        current.acknowledged = true;
        current.since = now;
        if (current.command.kind().isOutput(content)) {
            replies.output(current.command, content);
            return;
        }
        exchange = null;
        settledAt = current.ambiguous ? now + policy.settle().toNanos() : now;
        replies.reply(current.command, content);
    }

    @Override
    public Void notification(Bytes content) {
        replies.notification(content);
        return null;
    }

    @Override
    public Void damaged(String why) throws LinkLostException {
        if (exchange != null) {
            tags.damaged();
            if (exchange.isTagged()) {
                exchange.shorten();
                exchange.seemsLost = true;
            } else {
                line.askAgain(why);
            }
        }
        return null;
    }

    @Override
    public Void interrupt() {
        line.heardNoise();
        return null;
    }

    @Override
    public Void noise(int value) {
        line.heardNoise();
        return null;
    }
}
