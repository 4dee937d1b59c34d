// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeMonitor;
import dev.retrovisor.bridge.testing.PipeLink;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A serial line that loses bytes and flips bits. */
@Timeout(120)
final class LossyLinkTest {
    private static final int COMMANDS = 150;

    /** One byte in so many is lost, and as many are changed. */
    private static final int ODDS = 300;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyCommandIsAnsweredRightlyOverALineThatLosesAndChangesBytes(long seed) throws Exception {
        AtomicInteger harm = new AtomicInteger();
        PipeLink[] wire = PipeLink.pair(new Harm(new Random(seed), harm)::to, false);
        FakeMonitor.start(wire[1]);
        try (BridgeServer server = BridgeServer.start(wire[0], Serving.on(LinkListener.onLoopback(0)));
                Debugger debugger = Debugger.connect(server.port())) {
            for (int i = 0; i < COMMANDS; i++) {
                String expected = String.format("%02x%02x%02x%02x", i, i + 1, i + 2, i + 3);
                assertThat(debugger.ask("m" + Integer.toHexString(i) + ",4")).isEqualTo(expected);
            }
        }
        assertThat(harm.get()).isGreaterThan(5);
    }

    private record Harm(Random random, AtomicInteger count) {
        byte[] to(byte[] bytes) {
            ByteArrayOutputStream arriving = new ByteArrayOutputStream();
            for (byte b : bytes) {
                int chance = random.nextInt(ODDS);
                if (chance == 0) {
                    count.incrementAndGet();
                } else {
                    arriving.write(chance == 1 ? b ^ (1 << random.nextInt(7)) : b);
                    count.addAndGet(chance == 1 ? 1 : 0);
                }
            }
            return arriving.toByteArray();
        }
    }
}
