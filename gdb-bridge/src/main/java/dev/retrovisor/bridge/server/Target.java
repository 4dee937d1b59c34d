// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.cache.Breakpoints;
import dev.retrovisor.bridge.cache.StoppedState;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The monitor and its guest as the bridge knows them: one queue of commands, what was answered since the guest stopped, and the
 * breakpoints that are in. Owned by the session's thread.
 */
final class Target implements MonitorPort.Replies {
    private final MonitorPort port;
    private final StoppedState state = new StoppedState();
    private final Breakpoints breakpoints = new Breakpoints();
    private final Deque<Command> queue = new ArrayDeque<>();
    private final Consumer<Bytes> notifications;
    private Optional<Bytes> features = Optional.empty();
    private boolean runsFreely;
    private boolean interruptAsked;
    private boolean physicalMemory;

    Target(Link link, RetryPolicy policy, Consumer<Bytes> notifications, long now) {
        this.port = new MonitorPort(link, policy, this, now);
        this.notifications = notifications;
    }

    StoppedState state() {
        return state;
    }

    Breakpoints breakpoints() {
        return breakpoints;
    }

    /** What the monitor answered to {@code qSupported}. */
    Optional<Bytes> features() {
        return features;
    }

    boolean physicalMemory() {
        return physicalMemory;
    }

    void setPhysicalMemory(boolean physical) {
        physicalMemory = physical;
    }

    /** True if a debugger resumed the guest and it has not stopped. */
    boolean isResumed() {
        return port.isResumed();
    }

    /** True if a debugger let the guest run until something stops it. */
    boolean isContinued() {
        return port.isContinued();
    }

    /** True if the guest runs and no stop is awaited: a debugger has detached. */
    boolean runsFreely() {
        return runsFreely;
    }

    boolean isIdle(long at) {
        return queue.isEmpty() && port.isFree(at);
    }

    /** To be carried out after what was asked before. */
    void ask(Command command) {
        queue.add(command);
    }

    /** Tells the monitor what a debugger understands. */
    void negotiate(Bytes question, Consumer<Bytes> then) {
        ask(Command.of(question, answer -> {
            features = Optional.of(answer);
            physicalMemory = false;
            then.accept(answer);
        }));
    }

    /** Removes the breakpoints that nobody wants any more. */
    void removeStale() {
        for (String packet : breakpoints.stale()) {
            breakpoints.removed(packet);
            ask(Command.of(packet, done -> {}));
        }
    }

    /** The debugger has left with a word, which removes all breakpoints; {@code running}: the guest runs. */
    void letGo(boolean running) {
        breakpoints.clear();
        state.forget();
        runsFreely = running;
    }

    /** Once what was asked before is on its way. */
    void interrupt(long at) throws LinkLostException {
        interruptAsked = true;
        pump(at);
    }

    void pump(long at) throws LinkLostException {
        while (!queue.isEmpty() && port.isFree(at)) {
            runsFreely = false;
            port.start(queue.remove(), at);
        }
        if (interruptAsked && queue.isEmpty()) {
            interruptAsked = false;
            port.interrupt(at);
        }
    }

    void received(byte[] bytes, long at) throws LinkLostException {
        port.received(bytes, at);
    }

    void tick(long at) throws LinkLostException {
        port.tick(at);
    }

    @Override
    public void output(Command command, Bytes content) {
        command.answer().output(content);
    }

    @Override
    public void reply(Command command, Bytes content) {
        command.answer().done(content);
    }

    @Override
    public void notification(Bytes content) {
        notifications.accept(content);
    }
}
