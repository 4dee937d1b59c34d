// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.cache.MemoryRequest;
import dev.retrovisor.bridge.cache.ReadAhead;
import dev.retrovisor.bridge.cache.StopReply;
import dev.retrovisor.bridge.cache.StoppedState;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FeatureList;
import java.util.Optional;
import java.util.function.Consumer;

/** What each command of a client means: answered here, refused, or asked of the monitor. Owned by the session. */
final class Commands {
    /** Where answers go; a client that is gone by then gets none. */
    interface Sender {
        void reply(Client client, Bytes content);

        void output(Client client, Bytes content);

        /** A client says that it leaves. */
        void leaves(Client client);

        /** The guest has stopped, as {@code reply} says, for {@code client}, which may be gone. */
        void stopped(Client client, Bytes reply);

        boolean isHere(Client client);

        /** Whether anybody but {@code client} is connected. */
        boolean hasOthers(Client client);

        /** All but {@code client} are told where the guest stands. */
        void tellOthers(Client client, Bytes stop);
    }

    private static final Bytes OK = Bytes.ascii("OK");

    /** What a reader that connects is told of a guest that runs: gdb would wait for its stop for ever. Signal 0. */
    private static final Bytes LOOKS_STOPPED = Bytes.ascii("T00thread:01;");

    /** Whoever keeps the recording asks again: nothing is recorded on a journey, and a packet may harm a step. */
    private static final String NOT_NOW = "the machine travels, makes a step, or its link is lost";

    private final Target target;
    private final Control control;
    private final Sender sender;
    private final BridgeWords bridgeWords;

    Commands(Target target, Control control, Sender sender, BridgeWords bridgeWords) {
        this.target = target;
        this.control = control;
        this.sender = sender;
        this.bridgeWords = bridgeWords;
    }

    /** The answer, if none of the monitor's is needed. */
    Optional<Bytes> answer(Client client, Bytes command) {
        if (command.startsWith("vMustReplyEmpty")) {
            return Optional.of(Bytes.ascii(""));
        }
        if (command.startsWith("qRcmd,") && MonitorWords.of(command).first().equals("bridge")) {
            bridgeWords
                    .run(client, MonitorWords.of(command))
                    .forEach(line -> sender.output(client, MonitorWords.output(line)));
            return Optional.of(OK);
        }
        if (Rights.isAboutRecording(command) && target.refusesQuestions()) {
            return Optional.of(refusal(client, command, NOT_NOW));
        }
        Optional<Bytes> file = client.files().answer(command);
        if (file.isPresent()) {
            return file;
        }
        return control.isHeldBy(client) ? known(client, command) : readerAnswer(client, command);
    }

    private Optional<Bytes> readerAnswer(Client client, Bytes command) {
        if (command.startsWith("D") || command.startsWith("vKill;") || Rights.isOwnSetting(command)) {
            return Optional.of(OK);
        }
        if (command.startsWith("qSupported") && target.features().isPresent()) {
            client.knows(command);
            return target.features().map(this::offered);
        }
        Optional<Bytes> refusal = control.refusal(client, command).map(why -> refusal(client, command, why));
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<Bytes> known = known(client, command);
        if (known.isPresent() || !runs()) {
            return known;
        }
        if (command.isAscii("?")) {
            return Optional.of(LOOKS_STOPPED);
        }
        return target.isDeaf() ? Optional.of(refusal(client, command, "the guest runs")) : known;
    }

    /** True while the guest runs. */
    boolean runs() {
        return target.isResumed() || target.runsFreely();
    }

    /** True for what is answered while the guest runs, without stopping it: reads, and writes of registers and memory. */
    static boolean isAside(Bytes command) {
        boolean isWrite = "MXPG".indexOf(command.length() > 0 ? command.at(0) : 0) >= 0;
        return isWrite || (Rights.isLook(command) && !command.isAscii("?") && !command.startsWith("qSupported"));
    }

    /** Asks while the guest runs; {@code answer} gets what the monitor says. Nothing of it is kept: it is old at once. */
    void askAside(Client client, Bytes command, Consumer<Bytes> answer) {
        if (concernsMemory(command) && client.physicalMemory() != target.physicalMemory()) {
            target.setPhysicalMemory(client.physicalMemory());
            target.askAside(Command.of(physicalMemory(client), done -> {}));
        }
        target.askAside(Command.of(command, plainly(client, answer)));
    }

    private Command.Answer plainly(Client client, Consumer<Bytes> answer) {
        return new Command.Answer() {
            @Override
            public void output(Bytes content) {
                sender.output(client, content);
            }

            @Override
            public void done(Bytes reply) {
                answer.accept(reply);
            }
        };
    }

    private static boolean concernsMemory(Bytes command) {
        return "mxMX".indexOf(command.length() > 0 ? command.at(0) : 0) >= 0
                || command.startsWith("qSearch:memory:")
                || command.startsWith("qCRC:");
    }

    private static String physicalMemory(Client client) {
        return "QRetro.PhysicalMemory:" + (client.physicalMemory() ? 1 : 0);
    }

    /** In words where the debugger can show them: {@code monitor} takes its text as console output only. */
    private Bytes refusal(Client client, Bytes command, String why) {
        if (command.startsWith("qRcmd,")) {
            String words = " (without control: " + Rights.lookingWords() + ")";
            sender.output(client, MonitorWords.output("bridge: " + why + words));
            return OK;
        }
        return Bytes.ascii("E." + why);
    }

    private Optional<Bytes> known(Client client, Bytes command) {
        if (client.physicalMemory() && MemoryRequest.parse(command).isPresent()) {
            return Optional.empty();
        }
        if (control.isHeldBy(client) && isKept(command)) {
            return Optional.of(OK);
        }
        return target.state()
                .answer(command)
                .map(answer -> forClient(client, answer))
                .or(() -> ahead(client, command));
    }

    /** A piece of a dump, if it was read before it was asked for; the next one is asked for then. */
    private Optional<Bytes> ahead(Client client, Bytes command) {
        if (!control.isHeldBy(client) || target.physicalMemory() || runs()) {
            return Optional.empty();
        }
        return MemoryRequest.parse(command).flatMap(this::takeAhead);
    }

    private Optional<Bytes> takeAhead(MemoryRequest request) {
        Optional<byte[]> memory = target.state().ahead().get(request, System.nanoTime());
        memory.ifPresent(known -> readOn(request));
        return memory.map(request::answer);
    }

    private void readOn(MemoryRequest done) {
        ReadAhead ahead = target.state().ahead();
        ahead.note(done);
        ahead.wanted()
                .ifPresent(wanted -> target.ask(Command.of(wanted.packet(), reply -> {
                    wanted.memory(reply).ifPresent(memory -> ahead.learn(wanted, memory, System.nanoTime()));
                })));
    }

    private boolean isKept(Bytes command) {
        String text = command.text();
        return (text.startsWith("Z") && target.breakpoints().wants(text))
                || (text.startsWith("z") && target.breakpoints().unwants(text));
    }

    private static Bytes forClient(Client client, Bytes answer) {
        Bytes known = client.announced("swbreak") ? answer : StopReply.without(answer, "swbreak");
        return client.announced("hwbreak") ? known : StopReply.without(known, "hwbreak");
    }

    /** On a slow line gdb shall ask for threads in the way whose answer never changes: there is one. */
    private Bytes offered(Bytes monitors) {
        Bytes own = FeatureList.without(monitors, Target.PICTURES);
        Bytes features = target.usesTags() ? FeatureList.without(own, "qXfer:threads:read") : own;
        return FeatureList.with(FeatureList.with(features, "QStartNoAckMode"), "qXfer:exec-file:read");
    }

    /** Asks the monitor. Only while it is idle, and after {@link #answer} had none. */
    void ask(Client client, Bytes command) {
        CommandKind kind = CommandKind.of(command);
        if (command.startsWith("qSupported")) {
            client.knows(command);
            target.negotiate(command, answer -> sender.reply(client, offered(answer)));
        } else if (kind == CommandKind.RESUME) {
            resume(client, command);
        } else if (command.startsWith("D") || command.isAscii("k") || command.startsWith("vKill;")) {
            leave(client, command);
        } else if (command.startsWith("Z")) {
            insert(client, command, true);
        } else {
            askPlainly(client, command);
        }
    }

    private void resume(Client client, Bytes command) {
        target.removeStale();
        target.state().forget();
        target.ask(Command.of(target.shortened(command), new Command.Answer() {
            @Override
            public void output(Bytes content) {
                sender.output(client, content);
            }

            @Override
            public void done(Bytes reply) {
                Bytes stop = target.stopped(reply);
                sender.reply(client, stop);
                sender.stopped(client, stop);
            }
        }));
    }

    private void leave(Client client, Bytes command) {
        if (command.isAscii("k")) {
            target.ask(Command.of(command, none -> {}));
            target.letGo(false);
            client.noReply();
            sender.leaves(client);
            return;
        }
        target.ask(Command.of(command, reply -> {
            target.letGo(command.startsWith("D"));
            sender.reply(client, reply);
            sender.leaves(client);
        }));
    }

    /** What was kept in the monitor though nobody wants it may be in the way: it goes, and the monitor is asked once more. */
    private void insert(Client client, Bytes command, boolean mayRetry) {
        target.ask(Command.of(command, reply -> {
            if (reply.isAscii("OK")) {
                target.breakpoints().inserted(command.text());
            } else if (mayRetry && !target.breakpoints().stale().isEmpty()) {
                target.removeStale();
                insert(client, command, false);
                return;
            }
            sender.reply(client, reply);
        }));
    }

    private void askPlainly(Client client, Bytes command) {
        if (MonitorWords.of(command).second("").startsWith("arch")) {
            target.describeAnew();
        }
        Optional<MemoryRequest> memory = MemoryRequest.parse(command);
        selectMemory(client, command);
        if (target.runsFreely() && isAside(command)) {
            target.ask(Command.of(command, plainly(client, reply -> sender.reply(client, reply))));
        } else if (memory.isPresent()
                && !client.physicalMemory()
                && target.state().isWorthKeeping(memory.get())) {
            readLines(client, memory.get());
        } else {
            pass(client, command);
        }
    }

    private void selectMemory(Client client, Bytes command) {
        if (concernsMemory(command) && client.physicalMemory() != target.physicalMemory()) {
            target.setPhysicalMemory(client.physicalMemory());
            target.ask(Command.of(physicalMemory(client), done -> {}));
        }
    }

    /** Reads whole lines; what they do not bring is asked for as it was. */
    private void readLines(Client client, MemoryRequest request) {
        MemoryRequest wide = request.widened();
        target.ask(Command.of(wide.packet(), reply -> {
            target.state().learn(wide.packet(), reply);
            Optional<Bytes> answer = target.state().answer(request.packet());
            if (answer.isPresent()) {
                sender.reply(client, answer.get());
            } else {
                pass(client, request.packet());
            }
        }));
    }

    private void pass(Client client, Bytes command) {
        target.ask(Command.of(command, new Command.Answer() {
            @Override
            public void output(Bytes content) {
                sender.output(client, content);
            }

            @Override
            public void done(Bytes reply) {
                answered(client, command, reply);
            }
        }));
    }

    private void answered(Client client, Bytes command, Bytes reply) {
        if (command.startsWith("QRetro.PhysicalMemory:")) {
            rememberMemory(client, command, reply);
        } else if (command.startsWith("M") || command.startsWith("X")) {
            target.state().forgetMemory();
        } else if (command.startsWith("z")) {
            target.breakpoints().removed(command.text());
        } else if (!Rights.isLook(command)) {
            target.state().forget();
        } else if (StoppedState.isQuestion(command) && !client.physicalMemory()) {
            target.state().learn(command, reply);
            if (target.readsAhead()) {
                MemoryRequest.parse(command).ifPresent(this::readOn);
            }
        }
        if (command.isAscii("g")) {
            target.learnLength(reply);
        }
        if (command.isAscii("?")) {
            target.state().stopped(reply);
        }
        sender.reply(client, forClient(client, reply));
        if (command.startsWith("qRcmd,") && !Rights.isLook(command) && sender.hasOthers(client)) {
            tellOthers(client);
        }
    }

    /** A monitor command may have moved the guest to another instant, or changed its history: the others get a stop. */
    private void tellOthers(Client client) {
        target.ask(Command.of(Bytes.ascii("?"), stop -> sender.tellOthers(client, stop)));
    }

    private void rememberMemory(Client client, Bytes command, Bytes reply) {
        if (reply.isAscii("OK")) {
            boolean physical = command.text().endsWith("1");
            client.setPhysicalMemory(physical);
            target.setPhysicalMemory(physical);
        }
    }
}
