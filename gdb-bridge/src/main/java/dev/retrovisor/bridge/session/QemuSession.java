// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.ProgramMissingException;
import dev.retrovisor.bridge.qemu.Qemu;
import dev.retrovisor.bridge.qemu.QemuException;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.server.BridgeServer;
import dev.retrovisor.bridge.server.Inquirer;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.server.MonitorProbe;
import dev.retrovisor.bridge.server.Serving;
import java.time.Duration;
import java.util.Optional;

/** A session with a QEMU of our own. Owns QEMU and the bridge's server; {@link #close} ends both. */
public final class QemuSession implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration SLICE = Duration.ofMillis(250);
    private static final long END_PATIENCE_MILLIS = 2000;

    private final Qemu qemu;
    private final BridgeServer server;

    private QemuSession(Qemu qemu, BridgeServer server) {
        this.qemu = qemu;
        this.server = server;
    }

    /** Starts QEMU, waits until the monitor in it answers, and serves debuggers. Takes over what {@code serving} listens at. */
    public static QemuSession start(QemuSettings settings, Serving serving, Progress progress)
            throws QemuException, ProgramMissingException, InterruptedException {
        return start(settings, serving, Opening.none(), progress);
    }

    /** The same, with something to do before debuggers are served. */
    public static QemuSession start(QemuSettings settings, Serving serving, Opening opening, Progress progress)
            throws QemuException, ProgramMissingException, InterruptedException {
        Qemu qemu = Qemu.start(settings);
        boolean started = false;
        try {
            Link link = awaitMonitor(qemu, progress);
            Optional<Inquirer> inquirer = open(qemu, opening, link);
            if (settings.monitor().startRunning()) {
                new MonitorProbe(link).letRun();
            }
            qemu.beforeEnd(opening::beforeEnd);
            BridgeServer server =
                    BridgeServer.start(link, inquirer.map(serving::with).orElse(serving));
            started = true;
            return new QemuSession(qemu, server);
        } catch (LinkLostException e) {
            throw new QemuException(qemu.failure().orElse(e.getMessage()));
        } finally {
            if (!started) {
                qemu.close();
            }
        }
    }

    private static Optional<Inquirer> open(Qemu qemu, Opening opening, Link link)
            throws QemuException, InterruptedException {
        try {
            return opening.open(new MonitorDialogue(link));
        } catch (SessionException e) {
            throw new QemuException(e.getMessage());
        } catch (LinkLostException e) {
            throw new QemuException(qemu.failure().orElse(e.getMessage()));
        }
    }

    private static Link awaitMonitor(Qemu qemu, Progress progress)
            throws QemuException, InterruptedException, LinkLostException {
        Patience patience = new Patience(START_PATIENCE, "the monitor starts", progress);
        Link link = awaitLink(qemu, patience);
        MonitorProbe probe = new MonitorProbe(link);
        while (!probe.answers(SLICE)) {
            refuse(probe.complaint());
            checkAlive(qemu, patience);
        }
        return link;
    }

    /** QEMU makes the socket's file before it listens there, so a refusal means: not yet. */
    private static Link awaitLink(Qemu qemu, Patience patience) throws QemuException, InterruptedException {
        LinkAddress monitor = new LinkAddress.Unix(qemu.monitor());
        while (true) {
            try {
                return monitor.open(SLICE);
            } catch (LinkOpenException notYet) {
                checkAlive(qemu, patience);
                Thread.sleep(20);
            }
        }
    }

    private static void checkAlive(Qemu qemu, Patience patience) throws QemuException, InterruptedException {
        refuse(qemu.failure());
        if (!patience.lasts()) {
            throw new QemuException(
                    "the monitor has not answered within " + START_PATIENCE.toSeconds() + " s; " + qemu.lastWords());
        }
    }

    private static void refuse(Optional<String> failure) throws QemuException {
        if (failure.isPresent()) {
            throw new QemuException(failure.get());
        }
    }

    /** Where debuggers connect. */
    public int port() {
        return server.port();
    }

    /** QEMU's process id. */
    public long pid() {
        return qemu.pid();
    }

    /** Waits for the end of the session. Returns if QEMU ended as it should; what went wrong otherwise is one line. */
    public void awaitEnd() throws InterruptedException, SessionException {
        LinkLostException end = server.awaitEnd();
        if (!qemu.endedWell(END_PATIENCE_MILLIS)) {
            throw new SessionException(qemu.failure().orElse(end.getMessage()));
        }
    }

    @Override
    public void close() {
        qemu.close();
        server.close();
    }
}
