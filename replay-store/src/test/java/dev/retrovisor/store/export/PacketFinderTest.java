// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.store.format.TraceEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketFinderTest {
    private final List<byte[]> found = new ArrayList<>();
    private final PacketFinder finder = new PacketFinder(Map.of(), (instant, frame) -> found.add(frame));
    private long number;

    /** An IPv4 frame with a payload of random bytes. */
    static byte[] frame(int payload, int seed) {
        byte[] frame = new byte[34 + payload];
        new Random(seed).nextBytes(frame);
        ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.BIG_ENDIAN);
        header.putShort(12, (short) 0x0800).put(14, (byte) 0x45).putShort(16, (short) (20 + payload));
        header.putShort(24, (short) 0);
        int sum = 0;
        for (int at = 14; at < 34; at += 2) {
            sum += header.getShort(at) & 0xffff;
        }
        header.putShort(24, (short) ~((sum & 0xffff) + (sum >> 16)));
        return frame;
    }

    private void port(int kind, long port, byte[] data) {
        finder.event(new TraceEvent(number++, number, 0, port, 0, kind, 2, data));
    }

    /** A device writes bytes at an address, one event a page. */
    private void dma(long address, byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            int offset = (int) ((address + at) % 4096);
            int length = Math.min(bytes.length - at, 4096 - offset);
            ByteBuffer data = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
            data.putShort((short) offset).putShort((short) length).put(bytes, at, length);
            finder.event(new TraceEvent(number++, number, 0, address + at - offset, 0, 16, 0, data.array()));
            at += length;
        }
    }

    private void assertFound(byte[]... frames) {
        finder.end();
        assertThat(found).containsExactly(frames);
    }

    @Test
    void aFrameInSeveralPiecesOfPortDataIsOne() {
        byte[] frame = frame(100, 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {1, 2, 3, 4});
        bytes.writeBytes(frame);
        byte[] all = bytes.toByteArray();
        port(1, 0x310, Arrays.copyOf(all, 50));
        port(1, 0x310, Arrays.copyOfRange(all, 50, all.length));
        port(2, 0x300, new byte[0]);
        assertFound(frame);
    }

    @Test
    void whatIsReadAndWrittenInTurnIsNotMixed() {
        byte[] in = frame(60, 1);
        byte[] out = frame(70, 2);
        port(1, 0x310, in);
        port(2, 0x310, out);
        assertFound(in, out);
    }

    @Test
    void framesInMemoryAreFoundWhereverTheyLie() {
        byte[] first = frame(300, 3);
        byte[] second = frame(1400, 4);
        dma(0x5002, first);
        dma(0x6123, second);
        assertFound(first, second);
    }

    @Test
    void aFrameAcrossTwoPagesWaitsForTheSecond() {
        byte[] frame = frame(1000, 5);
        dma(0x6f00, frame);
        assertFound(frame);
    }

    @Test
    void bytesThatDidNotChangeAreThoseOfBefore() {
        byte[] frame = frame(200, 6);
        dma(0x7000, frame);
        byte[] next = frame.clone();
        next[199]++;
        dma(0x7000 + 199, new byte[] {next[199]});
        assertFound(frame, next);
    }

    @Test
    void randomBytesAreNoFrames() {
        byte[] noise = new byte[200_000];
        new Random(7).nextBytes(noise);
        dma(0x10000, noise);
        port(1, 0x310, noise);
        assertFound();
    }
}
