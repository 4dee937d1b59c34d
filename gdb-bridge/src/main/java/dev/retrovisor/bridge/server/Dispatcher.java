// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.files.OpenFiles;
import dev.retrovisor.bridge.files.ServedFiles;
import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the clients' commands in turn and brings each its answers. What it throws concerns the monitor's link; trouble with a
 * client's link only ends that client. Owned by the session.
 */
final class Dispatcher implements Commands.Sender, BridgeWords {
    /** More than anybody needs at a machine. */
    static final int MOST_CLIENTS = 16;

    /** A peer that connects says something within this time, or is dropped. */
    static final long GREETING_NANOS = 10_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Something done on a client's link. */
    private interface ClientStep {
        void run(Client client) throws LinkLostException;
    }

    private final Target target;
    private final Control control = new Control();
    private final Commands commands;
    private final Orphan orphan;
    private final ServedFiles files;
    private final Optional<Inquirer> inquirer;
    private final List<Client> clients = new ArrayList<>();
    private boolean breakInAsked;

    Dispatcher(Link monitorLink, RetryPolicy policy, Serving serving, long now) {
        this.files = serving.files();
        this.inquirer = serving.inquirer();
        this.target = new Target(monitorLink, policy, this::notification, now);
        this.commands = new Commands(target, control, this, this);
        this.orphan = new Orphan(target);
    }

    /** The client's link, if one more is taken. */
    Optional<Client> connect(Link link, long at) {
        if (clients.size() == MOST_CLIENTS) {
            LOG.warn("{}: refused: {} clients are connected, and no more can be", link.name(), MOST_CLIENTS);
            link.close();
            return Optional.empty();
        }
        Client client = new Client(link, new OpenFiles(files), at);
        clients.add(client);
        return Optional.of(client);
    }

    void fromClient(Client client, byte[] bytes, long at) throws LinkLostException {
        towards(client, one -> one.received(bytes, at), at);
        pump(at);
    }

    /** At its first command: in control, or a reader from now on. Who only asks about the recording takes nobody's place. */
    private void seat(Client client, Bytes command) {
        if (Rights.isAboutRecording(command) || command.startsWith("qXfer:exec-file:")) {
            return;
        }
        if (control.isFree() && client.mayControl()) {
            takeControl(client);
        } else if (!control.isHeldBy(client)) {
            client.reads();
        }
    }

    /** A client's link has ended. */
    void disconnected(Client client, String why, long at) {
        if (clients.remove(client)) {
            LOG.info("{}: gone: {}", client.link().name(), why);
            client.close();
            if (control.isHeldBy(client)) {
                controllerLeft(at);
            }
        }
    }

    void fromMonitor(byte[] bytes, long at) throws LinkLostException {
        target.received(bytes, at);
        pump(at);
    }

    void tick(long at) throws LinkLostException {
        target.tick(at);
        for (Client client : List.copyOf(clients)) {
            towards(client, one -> one.tick(at), at);
            if (!client.hasGreeted() && at - client.since() > GREETING_NANOS) {
                disconnected(client, "it has said nothing since it connected", at);
            }
        }
        pump(at);
    }

    /** True if something is due within milliseconds. */
    boolean isHurried() {
        return inquirer.isPresent()
                || target.isHurried()
                || clients.stream().anyMatch(client -> client.owesAck() || client.next() != null);
    }

    void closeAll(String why) {
        for (Client client : List.copyOf(clients)) {
            LOG.info("{}: closed: {}", client.link().name(), why);
            client.close();
        }
        clients.clear();
    }

    private void takeControl(Client client) {
        LOG.info("{}: in control", client.link().name());
        control.take(client);
        orphan.adopted();
        breakInAsked = target.isResumed();
    }

    private void controllerLeft(long at) {
        control.release();
        breakInAsked = orphan.left();
        clients.stream()
                .filter(client -> Control.isSuccessor(client, at))
                .findFirst()
                .ifPresent(this::succeed);
    }

    private void succeed(Client client) {
        takeControl(client);
        target.negotiate(client.features(), done -> {});
    }

    private void pump(long at) throws LinkLostException {
        boolean progress = true;
        while (progress) {
            target.pump(at);
            progress = false;
            for (Client client : List.copyOf(clients)) {
                progress |= serve(client, at);
            }
        }
        if (inquirer.isPresent()) {
            target.letAsk(inquirer.get(), control.isFree(), at);
        }
        if (breakInAsked || control.interruptIsDue()) {
            breakInAsked = false;
            target.interrupt(at);
        }
    }

    private boolean serve(Client client, long at) {
        Bytes command = client.next();
        if (command == null) {
            return serveAside(client);
        }
        seat(client, command);
        if (command.isAscii("k") && !control.isHeldBy(client)) {
            disconnected(client, "it said k", at);
            return true;
        }
        Optional<Bytes> answer = commands.answer(client, command);
        if (answer.isPresent()) {
            client.take();
            reply(client, answer.get());
            return true;
        }
        if (target.takesAsides() && !control.isHeldBy(client) && Commands.isAside(command)) {
            commands.askAside(client, client.take(), answered -> reply(client, answered));
            return true;
        }
        if (!target.isIdle(at)) {
            return false;
        }
        commands.ask(client, client.take());
        return true;
    }

    /** Of the one in control, for which the guest runs. */
    private boolean serveAside(Client client) {
        Bytes command = client.nextAside();
        if (command == null || !target.takesAsides() || !control.isHeldBy(client) || !Commands.isAside(command)) {
            return false;
        }
        commands.askAside(client, client.takeAside(), answered -> replyAside(client, answered));
        return true;
    }

    private void replyAside(Client client, Bytes content) {
        towards(client, one -> one.replyAside(content), System.nanoTime());
    }

    private void towards(Client client, ClientStep step, long at) {
        if (!isHere(client)) {
            return;
        }
        try {
            step.run(client);
        } catch (LinkLostException lost) {
            disconnected(client, lost.getMessage(), at);
        }
    }

    @Override
    public boolean isHere(Client client) {
        return clients.contains(client);
    }

    @Override
    public boolean hasOthers(Client client) {
        return clients.stream().anyMatch(other -> other != client);
    }

    @Override
    public void reply(Client client, Bytes content) {
        towards(client, one -> one.reply(content), System.nanoTime());
    }

    @Override
    public void output(Client client, Bytes content) {
        towards(client, one -> one.output(content), System.nanoTime());
    }

    @Override
    public void leaves(Client client) {
        control.release();
    }

    @Override
    public void stopped(Client client, Bytes reply) {
        tellOthers(client, reply);
        if (!isHere(client)) {
            orphan.stopped(reply);
        }
    }

    @Override
    public void tellOthers(Client client, Bytes stop) {
        for (Client other : List.copyOf(clients)) {
            if (other != client) {
                towards(other, one -> one.announce(Bytes.ascii("RetroStop:" + stop.text())), System.nanoTime());
            }
        }
    }

    private void notification(Bytes content) {
        if (!content.startsWith("Retro")) {
            for (Client client : List.copyOf(clients)) {
                towards(client, one -> one.announce(content), System.nanoTime());
            }
        }
    }

    @Override
    public List<String> run(Client client, MonitorWords words) {
        return switch (words.second("help")) {
            case "status" -> status(client);
            case "control" -> control(client);
            default -> List.of(
                    "bridge status    who is connected, and who is in control",
                    "bridge control   take control, if nobody has it");
        };
    }

    private List<String> status(Client asking) {
        List<String> lines = new ArrayList<>();
        for (Client client : clients) {
            String role = control.isHeldBy(client) ? "in control" : "reads";
            lines.add(client.link().name() + ": " + role + (client == asking ? " (this one)" : ""));
        }
        return lines;
    }

    private List<String> control(Client client) {
        if (control.isHeldBy(client)) {
            return List.of("this client is in control already");
        }
        if (!control.isFree()) {
            return List.of("no: in control is " + control.describe());
        }
        succeed(client);
        return List.of("this client is in control now");
    }
}
