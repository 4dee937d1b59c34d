// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.testing.PtyPair;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SerialLinkTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int BAUD = 115200;

    @TempDir
    Path directory;

    @Test
    void everyByteValueGoesBothWays() throws Exception {
        byte[] data = new byte[20000];
        new Random(1).nextBytes(data);
        try (PtyPair cable = PtyPair.in(directory);
                Link near = open(cable.near());
                Link far = open(cable.far())) {
            assertThat(carried(near, far, data)).isEqualTo(data);
            assertThat(carried(far, near, data)).isEqualTo(data);
            assertThat(near.isReliable()).isFalse();
        }
    }

    @Test
    void readingReturnsNothingWhenNothingComesInTime() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link near = open(cable.near())) {
            assertThat(near.read(new byte[1], Duration.ofMillis(50))).isZero();
        }
    }

    @Test
    void aPortThatIsOpenElsewhereIsBusy() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link near = open(cable.near())) {
            assertThat(near.name()).endsWith("near at 115200 baud");
            assertThatThrownBy(() -> open(cable.near()))
                    .isInstanceOf(LinkOpenException.class)
                    .hasMessageContaining("in use by another program; end that program");
        }
    }

    @Test
    void aPortWhoseOtherEndGoesAwayIsAnError() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link near = open(cable.near())) {
            cable.close();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            near.read(new byte[1], Duration.ofMillis(100));
                        }
                    })
                    .isInstanceOf(LinkLostException.class)
                    .hasMessageEndingWith("the device is gone (unplugged?)");
        }
    }

    @Test
    void aMissingDeviceIsOneLineThatSaysWhatToDo() {
        assertThatThrownBy(() -> open(directory.resolve("ttyUSB9")))
                .isInstanceOf(LinkOpenException.class)
                .hasMessageContaining("ttyUSB9: no such device; check the name and the cable");
    }

    @Test
    void aFileThatIsNoSerialPortIsOneLine() throws Exception {
        assertThatThrownBy(() -> open(Files.createFile(directory.resolve("file"))))
                .isInstanceOf(LinkOpenException.class)
                .hasMessageContaining("file");
    }

    private static Link open(Path device) throws LinkOpenException {
        return new LinkAddress.Serial(device.toString(), BAUD).open(SOON);
    }

    private static byte[] carried(Link from, Link to, byte[] data) throws Exception {
        Thread writer = new Thread(() -> write(from, data));
        writer.start();
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        while (arrived.size() < data.length) {
            int count = to.read(buffer, SOON);
            assertThat(count).isPositive();
            arrived.write(buffer, 0, count);
        }
        writer.join();
        return arrived.toByteArray();
    }

    private static void write(Link link, byte[] data) {
        try {
            link.write(data);
        } catch (LinkLostException e) {
            throw new IllegalStateException(e);
        }
    }
}
