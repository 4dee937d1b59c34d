// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FeatureList;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes commands from the debugger to the monitor and answers back. A debugger that goes away leaves the guest as it is; the
 * next one finds a running guest stopped, as a debugger expects. What it throws concerns the monitor's link; trouble with the
 * debugger's link only ends that debugger. Owned by the session's thread.
 */
final class Relay implements MonitorPort.Replies, DebuggerPort.Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** Something done on the debugger's link. */
    private interface DebuggerStep {
        void run(DebuggerPort debugger) throws LinkLostException;
    }

    private final MonitorPort monitor;
    private final Deque<Command> waiting = new ArrayDeque<>();
    private DebuggerPort debugger;
    private boolean breakInAsked;

    Relay(Link monitorLink, RetryPolicy policy, long now) {
        this.monitor = new MonitorPort(monitorLink, policy, this, now);
    }

    /** True if the debugger on this link is the one attached. */
    boolean isAttached(Link link) {
        return debugger != null && debugger.link() == link;
    }

    boolean hasDebugger() {
        return debugger != null;
    }

    /** Only when there is no debugger. */
    void attach(Link link, long at) throws LinkLostException {
        LOG.info("{}: debugger attached", link.name());
        debugger = new DebuggerPort(link, this);
        breakInAsked = monitor.isResumed();
        pump(at);
    }

    /** Closes the debugger's link; what it still waits for is thrown away. */
    void detach(String why) {
        if (debugger != null) {
            LOG.info("debugger gone: {}", why);
            debugger.link().close();
            debugger = null;
            waiting.clear();
        }
    }

    void fromDebugger(byte[] bytes, long at) throws LinkLostException {
        towardsDebugger(port -> port.received(bytes, at));
        pump(at);
    }

    void fromMonitor(byte[] bytes, long at) throws LinkLostException {
        monitor.received(bytes, at);
        pump(at);
    }

    void tick(long at) throws LinkLostException {
        monitor.tick(at);
        towardsDebugger(port -> port.tick(at));
        pump(at);
    }

    /** True if something is due within milliseconds. */
    boolean isHurried() {
        return !waiting.isEmpty() || (debugger != null && debugger.owesAck());
    }

    private void pump(long at) throws LinkLostException {
        if (breakInAsked) {
            breakInAsked = false;
            monitor.interrupt(at);
        }
        while (!waiting.isEmpty() && monitor.isFree(at)) {
            monitor.start(waiting.remove(), at);
        }
    }

    private void towardsDebugger(DebuggerStep step) {
        if (debugger == null) {
            return;
        }
        try {
            step.run(debugger);
        } catch (LinkLostException lost) {
            detach(lost.getMessage());
        }
    }

    @Override
    public void command(Command command) {
        waiting.add(command);
    }

    @Override
    public void interrupt() {
        breakInAsked = true;
    }

    @Override
    public void reply(Command command, Bytes content) {
        if (command.origin() != debugger) {
            return;
        }
        boolean isNegotiation = command.content().startsWith("qSupported");
        Bytes answer = isNegotiation ? FeatureList.with(content, "QStartNoAckMode") : content;
        towardsDebugger(port -> port.reply(answer));
    }

    @Override
    public void notification(Bytes content) {
        if (!content.startsWith("Retro")) {
            towardsDebugger(port -> port.announce(content));
        }
    }
}
