// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FeatureListTest {
    @Test
    void aFeatureIsAddedToTheOthers() {
        assertThat(with("PacketSize=400;swbreak+")).isEqualTo("PacketSize=400;swbreak+;QStartNoAckMode+");
    }

    @Test
    void aFeatureThatWasThereIsThereOnce() {
        assertThat(with("QStartNoAckMode+;swbreak+")).isEqualTo("swbreak+;QStartNoAckMode+");
        assertThat(with("QStartNoAckMode-")).isEqualTo("QStartNoAckMode+");
    }

    @Test
    void anEmptyReplyBecomesThatFeature() {
        assertThat(with("")).isEqualTo("QStartNoAckMode+");
    }

    private static String with(String reply) {
        return FeatureList.with(Bytes.ascii(reply), "QStartNoAckMode").text();
    }
}
