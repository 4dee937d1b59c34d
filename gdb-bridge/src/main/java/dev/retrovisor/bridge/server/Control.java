// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.Optional;

/**
 * Which client is in control: the first that speaks while nobody is. The others read. One that came just before the controller
 * left is its successor: a debugger started again at once does not find itself a reader. Owned by the session.
 */
final class Control {
    /** How long a client that finds a controller waits for its end to be noticed. */
    static final long SUCCESSION_NANOS = 1_000_000_000;

    private Client holder;

    boolean isHeldBy(Client client) {
        return holder == client;
    }

    boolean isFree() {
        return holder == null;
    }

    /** True, once, if the holder wants the guest stopped, and what it said before that has been taken up. */
    boolean interruptIsDue() {
        return holder != null && holder.takeInterrupt();
    }

    void take(Client client) {
        holder = client;
    }

    void release() {
        holder = null;
    }

    /** True if {@code client} came so shortly ago that it was meant to follow the one that leaves. */
    static boolean isSuccessor(Client client, long now) {
        return client.hasGreeted() && now - client.since() < SUCCESSION_NANOS;
    }

    /** Why {@code client} may not do {@code command}; empty if it may. */
    Optional<String> refusal(Client client, Bytes command) {
        if (isHeldBy(client) || Rights.isLook(command)) {
            return Optional.empty();
        }
        return Optional.of(
                isFree()
                        ? "this client only reads; nobody is in control: monitor bridge control"
                        : "this client only reads; in control is "
                                + holder.link().name());
    }

    /** For a {@code status} line. */
    String describe() {
        return isFree() ? "nobody" : holder.link().name();
    }
}
