// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.link.Link;
import java.time.Duration;

/**
 * When to ask again. On a link that loses nothing, silence means that the other side is busy: nothing is sent twice there.
 *
 * @param patience silence after which a packet is sent again, or its answer asked for again
 * @param quiet silence in the middle of a frame after which its rest counts as lost
 * @param settle silence that must follow a packet sent twice, so that a second answer is not taken for the next one
 * @param attempts how often to try before the link counts as dead
 * @param isLossy whether bytes can get lost at all
 */
record RetryPolicy(Duration patience, Duration quiet, Duration settle, int attempts, boolean isLossy) {
    static RetryPolicy of(Link link) {
        return new RetryPolicy(
                Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofMillis(100), 10, !link.isReliable());
    }
}
