// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;

/** What the session is told by the others. */
sealed interface Inbound {
    void deliver(Session session) throws LinkLostException;

    /** Bytes that {@code link} received. */
    record Received(Link link, Bytes bytes) implements Inbound {
        @Override
        public void deliver(Session session) throws LinkLostException {
            session.received(link, bytes);
        }
    }

    /** {@code link} will receive no more. */
    record Ended(Link link, LinkLostException why) implements Inbound {
        @Override
        public void deliver(Session session) throws LinkLostException {
            session.ended(link, why);
        }
    }

    /** A client connected. */
    record Connected(Link link) implements Inbound {
        @Override
        public void deliver(Session session) throws LinkLostException {
            session.connected(link);
        }
    }
}
