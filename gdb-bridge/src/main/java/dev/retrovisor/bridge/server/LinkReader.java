// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import java.time.Duration;

/** A daemon thread that tells a session what a link receives, until the link ends. Owns neither. */
final class LinkReader {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int BUFFER_LENGTH = 1 << 16;

    private LinkReader() {}

    static void start(String name, Link link, Session session) {
        Thread thread = new Thread(() -> run(link, session), name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(Link link, Session session) {
        try {
            session.tell(new Inbound.Ended(link, read(link, session)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static LinkLostException read(Link link, Session session) throws InterruptedException {
        byte[] buffer = new byte[BUFFER_LENGTH];
        try {
            while (true) {
                int count = link.read(buffer, PATIENCE);
                if (count > 0) {
                    session.tell(new Inbound.Received(link, Bytes.of(buffer, 0, count)));
                }
            }
        } catch (LinkLostException lost) {
            return lost;
        }
    }
}
