// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.binary.Hex;

/** Content to frames; the other half of {@link FrameDecoder}. */
public final class FrameEncoder {
    private FrameEncoder() {}

    /** A packet: {@code $content#checksum}, with what must be escaped escaped. No content begins with 0x03. */
    public static byte[] packet(Bytes content) {
        return frame(Wire.PACKET_START, ContentEncoder.escape(content));
    }

    /** A packet in which runs of equal bytes are shortened. Only replies may be: debuggers understand runs, stubs need not. */
    public static byte[] shortPacket(Bytes content) {
        return frame(Wire.PACKET_START, ContentEncoder.escapeAndShorten(content));
    }

    /** A notification: {@code %content#checksum}. */
    public static byte[] notification(Bytes content) {
        return frame(Wire.NOTIFICATION_START, ContentEncoder.escape(content));
    }

    /** The byte that says the last packet arrived. */
    public static byte[] ack() {
        return new byte[] {Wire.ACK};
    }

    /** The byte that says the last packet arrived damaged. */
    public static byte[] nak() {
        return new byte[] {Wire.NAK};
    }

    /** The byte that stops the guest. */
    public static byte[] interrupt() {
        return new byte[] {Wire.INTERRUPT};
    }

    private static byte[] frame(int start, byte[] wire) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(wire.length + 4);
        frame.write(start);
        frame.writeBytes(wire);
        frame.write(Wire.PACKET_END);
        String checksum = Hex.encodeHexString(new byte[] {(byte) Checksum.of(wire, wire.length)});
        frame.writeBytes(checksum.getBytes(StandardCharsets.US_ASCII));
        return frame.toByteArray();
    }
}
