// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.link.ReturningLink;
import dev.retrovisor.bridge.server.BridgeServer;
import dev.retrovisor.bridge.server.MonitorProbe;
import dev.retrovisor.bridge.server.Serving;
import java.time.Duration;
import java.util.Optional;

/** A session with a monitor that somebody else started. */
public final class AttachedSession {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(5);
    private static final Duration SLICE = Duration.ofMillis(250);

    private AttachedSession() {}

    /** Connects, makes sure that a monitor answers (which stops its guest), and serves debuggers. Takes over what {@code serving} listens at. A link that is lost has {@code returnBound} to come back. */
    public static BridgeServer start(LinkAddress address, Duration returnBound, Serving serving, Progress progress)
            throws LinkOpenException, MonitorSilentException, LinkLostException {
        Link link = address.open(CONNECT_PATIENCE);
        boolean started = false;
        try {
            awaitAnswer(link, progress);
            started = true;
            return BridgeServer.start(ReturningLink.around(address, link, returnBound), serving);
        } finally {
            if (!started) {
                link.close();
            }
        }
    }

    private static void awaitAnswer(Link link, Progress progress) throws MonitorSilentException, LinkLostException {
        MonitorProbe probe = new MonitorProbe(link);
        Patience patience = new Patience(ANSWER_PATIENCE, link.name() + ": no answer yet", progress);
        while (patience.lasts()) {
            if (probe.answers(SLICE)) {
                return;
            }
            Optional<String> complaint = probe.complaint();
            if (complaint.isPresent()) {
                throw new LinkLostException(link.name(), complaint.get());
            }
        }
        throw new MonitorSilentException(link.name(), ANSWER_PATIENCE, probe.received());
    }
}
