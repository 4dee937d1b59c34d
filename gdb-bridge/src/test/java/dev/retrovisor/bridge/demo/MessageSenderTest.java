// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.link.Datagrams;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MessageSenderTest {
    @Test
    void messagesAreNumberedAndOfManyLengths() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Datagrams datagrams = Datagrams.to(receiver.getLocalPort());
                MessageSender sender = new MessageSender(datagrams, 1000, new Random(1))) {
            for (int i = 0; i < 50; i++) {
                DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
                receiver.receive(packet);
                String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
                assertThat(text).matches(String.format("PUMP-0[01][0-9] reading %06d [.]{20,200}", i));
                assertThat(packet.getLength()).isBetween(8, 252);
            }
            assertThat(sender.sent()).isGreaterThanOrEqualTo(50);
        }
    }
}
