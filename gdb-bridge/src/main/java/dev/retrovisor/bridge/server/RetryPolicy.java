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
 * @param taggedPatience the same as {@code patience} for packets with tags, which may be sent again without harm
 * @param taggedAttempts the same as {@code attempts} for them
 * @param silence that must precede one of them that seems to be lost, so that copies do not breed copies
 * @param isLossy whether bytes can get lost at all
 */
record RetryPolicy(
        Duration patience,
        Duration quiet,
        Duration settle,
        int attempts,
        Duration taggedPatience,
        int taggedAttempts,
        Duration silence,
        boolean isLossy) {
    static RetryPolicy of(Link link) {
        return new RetryPolicy(
                Duration.ofSeconds(1),
                Duration.ofMillis(60),
                Duration.ofMillis(100),
                10,
                Duration.ofMillis(200),
                75,
                Duration.ofMillis(20),
                !link.isReliable());
    }
}
