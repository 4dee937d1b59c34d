// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.RspEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor's side of the bridge: one command at a time, acknowledged, sent again if it gets lost. Time is a parameter
 * (nanoseconds). Owned by the session's thread.
 */
final class MonitorPort implements RspEvent.Handler<Void, LinkLostException> {
    /** Where answers go. */
    interface Replies {
        void output(Command command, Bytes content);

        void reply(Command command, Bytes content);

        void notification(Bytes content);
    }

    private static final Logger LOG = LoggerFactory.getLogger(MonitorPort.class);

    private final MonitorLine line;
    private final RetryPolicy policy;
    private final Replies replies;
    private Exchange exchange;
    private long now;
    private long settledAt;

    MonitorPort(Link link, RetryPolicy policy, Replies replies, long now) {
        this.line = new MonitorLine(link);
        this.policy = policy;
        this.replies = replies;
        this.now = now;
        this.settledAt = now;
    }

    /** True if the next command may start. */
    boolean isFree(long at) {
        return exchange == null && at - settledAt >= 0;
    }

    /** True if the guest runs because a debugger resumed it. */
    boolean isResumed() {
        return exchange != null && exchange.command.kind() == CommandKind.RESUME;
    }

    /** True if it runs forward until something stops it. */
    boolean isContinued() {
        return isResumed() && exchange.command.isContinue();
    }

    /** Only when free. */
    void start(Command command, long at) throws LinkLostException {
        now = at;
        exchange = new Exchange(command, at);
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
        if (!policy.isLossy()) {
            return;
        }
        if (line.gaveUpFrame(at, policy.quiet().toNanos()) && exchange != null) {
            line.askAgain("a part of a frame is missing");
        }
        if (exchange != null && at - exchange.since > policy.patience().toNanos()) {
            overdue();
        }
    }

    private void overdue() throws LinkLostException {
        if (!exchange.acknowledged) {
            sendAgain("no acknowledgement");
        } else if (exchange.awaitsPromptReply()) {
            countAttempt();
            line.askAgain("no answer");
            if (exchange.interrupted) {
                line.interrupt();
            }
        }
    }

    private void sendAgain(String why) throws LinkLostException {
        countAttempt();
        LOG.debug("{}: {}, sending again: {}", line.name(), why, exchange.command.content());
        exchange.ambiguous = true;
        line.write(exchange.frame);
    }

    private void countAttempt() throws LinkLostException {
        exchange.since = now;
        if (++exchange.attempts > policy.attempts()) {
            throw new LinkLostException(
                    line.name(), "the monitor has not answered " + policy.attempts() + " times (is the target on?)");
        }
    }

    @Override
    public Void ack() {
        if (exchange != null && !exchange.acknowledged) {
            acknowledged();
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
        if (exchange != null && !exchange.acknowledged) {
            sendAgain("damaged on the way");
        }
        return null;
    }

    @Override
    public Void packet(Bytes content) throws LinkLostException {
        line.acknowledge();
        if (exchange == null) {
            LOG.debug("{}: nobody waits for {}", line.name(), content);
        } else {
            answered(content);
        }
        return null;
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
            line.askAgain(why);
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
