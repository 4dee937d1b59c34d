// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.cache.Breakpoints;
import dev.retrovisor.bridge.cache.Picture;
import dev.retrovisor.bridge.cache.StoppedState;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FeatureList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The monitor and its guest as the bridge knows them: one queue of commands, what was answered since the guest stopped, and the
 * breakpoints that are in. Owned by the session.
 */
final class Target implements MonitorPort.Replies {
    private static final Pattern STEP = Pattern.compile("s|vCont;s(:[0-9a-fp.-]+)?(;c(:[0-9a-fp.-]+)?)?");

    /** The feature of a monitor that sends pictures without tags. */
    static final String PICTURES = "QRetro.Pictures";

    private final MonitorPort port;
    private final StoppedState state = new StoppedState();
    private final Picture picture = new Picture();
    private final Breakpoints breakpoints = new Breakpoints();
    private final Deque<Command> queue = new ArrayDeque<>();
    private final Deque<Command> asides = new ArrayDeque<>();
    private final Consumer<Bytes> notifications;
    private Optional<Bytes> features = Optional.empty();
    /** The interruptions of the link when both sides last began with a picture of zeros, or -1. */
    private int pictureSince = -1;

    private boolean runsFreely;
    private boolean interruptAsked;
    private boolean physicalMemory;
    private boolean describesAnew;

    Target(Link link, RetryPolicy policy, Consumer<Bytes> notifications, long now) {
        this.port = new MonitorPort(link, policy, this, now);
        this.notifications = notifications;
        if (policy.isLossy()) {
            port.tryTags();
            ask(Command.of("=", understood -> {}));
        }
    }

    /** True if the line is slow and bad enough for tags. */
    boolean usesTags() {
        return port.usesTags();
    }

    /** The step that brings a picture instead of a stop reply, if the monitor can send one: the reads after it are answered then. */
    Bytes shortened(Bytes resume) {
        boolean isStep = STEP.matcher(resume.text()).matches();
        if (!(isStep || resume.isAscii("bs")) || !(port.usesTags() || sendsPictures())) {
            return resume;
        }
        if (!port.isLossy() && pictureSince != port.interruptions()) {
            pictureSince = port.interruptions();
            ask(Command.of("=", done -> picture.clear()));
        }
        if (!picture.isDescribed()) {
            ask(Command.of("g", this::learnLength));
        }
        return Bytes.ascii(isStep ? ">" : "<");
    }

    private boolean sendsPictures() {
        return !port.isLossy() && offers(PICTURES);
    }

    /** True if memory may be read before a debugger asks for it: the line has room for it. */
    boolean readsAhead() {
        return !port.isLossy() && offers("binary-upload");
    }

    private boolean offers(String feature) {
        return features.filter(offered -> FeatureList.has(offered, feature)).isPresent();
    }

    /** The guest has stopped: {@code reply} says how, or is a picture. The stop reply. */
    Bytes stopped(Bytes reply) {
        if (!reply.startsWith("=")) {
            state.stopped(reply);
            return reply;
        }
        picture.apply(reply);
        state.stopped(picture);
        return picture.stopReply();
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

    /** Learns from the answer to {@code g} where registers end in a picture. */
    void learnLength(Bytes general) {
        if (!general.startsWith("E")) {
            picture.describe(general.length());
        }
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

    /** True if something is due within milliseconds. */
    boolean isHurried() {
        return port.seemsLost();
    }

    /** To be carried out after what was asked before. */
    void ask(Command command) {
        queue.add(command);
    }

    /** True if nobody can ask before the guest has stopped: it is to be told on a line that loses bytes. */
    boolean isDeaf() {
        return port.isResumed() && port.isLossy();
    }

    /** True while a question would have to wait for the end of a step or a journey, or for a link that is lost. */
    boolean refusesQuestions() {
        return port.isDown() || (port.isResumed() && !port.isContinued());
    }

    /** True if a packet can be answered while the guest runs, which it does. */
    boolean takesAsides() {
        return asides.isEmpty() && port.isFreeAside();
    }

    /** To be carried out while the guest runs. It pauses for that, and nothing else changes. */
    void askAside(Command command) {
        asides.add(command);
    }

    /** Tells the monitor what a debugger understands. */
    void negotiate(Bytes question, Consumer<Bytes> then) {
        ask(Command.of(question, answer -> {
            if (answer.length() > 0) { // a packet that only looked like that one gets none
                features = Optional.of(answer);
            }
            physicalMemory = false;
            if (describesAnew) {
                state.forgetAll();
                describesAnew = false;
            }
            then.accept(answer);
        }));
    }

    /** The next debugger may get other registers than the one before ({@code monitor set architecture}). */
    void describeAnew() {
        describesAnew = true;
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
            runsFreely = runsFreely && queue.peek().leavesRunning();
            port.start(queue.remove(), at);
        }
        if (!asides.isEmpty() && port.isFreeAside()) {
            port.startAside(asides.remove(), at);
        } else if (!asides.isEmpty() && isIdle(at)) {
            port.start(asides.remove(), at); // the guest has stopped meanwhile
        }
        if (interruptAsked && queue.isEmpty()) {
            interruptAsked = false;
            port.interrupt(at);
        }
    }

    /** Lets somebody ask something, if nobody else is about to; the guest may run. {@code mayRun}: no debugger has it stopped. */
    void letAsk(Inquirer inquirer, boolean mayRun, long at) throws LinkLostException {
        boolean beside = port.isContinued() && port.isFreeAside();
        boolean free = port.isFree(at) && !(runsFreely && port.isLossy());
        if (!queue.isEmpty() || interruptAsked || !(free || beside)) {
            return;
        }
        Optional<String> question = inquirer.question(at);
        boolean letsRun = question.filter("D"::equals).isPresent();
        if (letsRun && !mayRun) {
            inquirer.answer(new byte[0], at);
        } else if (question.isPresent()) {
            Command command = Command.of(question.get(), reply -> {
                runsFreely |= letsRun;
                inquirer.answer(reply.toArray(), System.nanoTime());
            });
            if (free) {
                port.start(command, at);
            } else {
                port.startAside(command, at);
            }
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
