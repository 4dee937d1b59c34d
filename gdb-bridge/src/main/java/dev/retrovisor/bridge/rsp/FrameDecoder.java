// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.commons.codec.DecoderException;
import org.apache.commons.codec.binary.Hex;

/**
 * Turns a stream of bytes, cut anywhere, into {@link RspEvent}s.
 *
 * <p>Every {@code $} starts a packet, whatever came before, since a sender must escape one inside: a lost byte costs one packet
 * only. Inside a packet {@code +}, {@code -} and {@code %} are data, and so is 0x03 unless it comes first, where no packet has
 * it. Owned by one thread.
 */
public final class FrameDecoder {
    /** No frame may be longer than this between its start and its end, in bytes. */
    public static final int MAX_FRAME = 1 << 18;

    private enum State {
        OUTSIDE,
        CONTENT,
        FIRST_DIGIT,
        SECOND_DIGIT
    }

    private final ContentDecoder.Runs runs;
    private State state = State.OUTSIDE;
    private boolean isNotification;
    private byte[] frame = new byte[1024];
    private int length;
    private char firstDigit;

    private FrameDecoder(ContentDecoder.Runs runs) {
        this.runs = runs;
    }

    /** For what a debugger sends: {@code *} is a byte as any other. */
    public static FrameDecoder ofCommands() {
        return new FrameDecoder(ContentDecoder.Runs.ARE_DATA);
    }

    /** For what a stub sends: {@code *} repeats the byte before it. */
    public static FrameDecoder ofReplies() {
        return new FrameDecoder(ContentDecoder.Runs.ARE_EXPANDED);
    }

    /** Decodes the first {@code count} bytes of {@code bytes}; events go to {@code events} in the order of the wire. */
    public void decode(byte[] bytes, int count, Consumer<RspEvent> events) {
        int at = 0;
        while (at < count) {
            int plain = plainAhead(bytes, at, count);
            if (plain > 0) {
                append(bytes, at, plain);
                at += plain;
            } else {
                decode(bytes[at++] & 0xff, events);
            }
        }
    }

    /** How many bytes from {@code at} on are content and nothing else, and there is room for them. */
    private int plainAhead(byte[] bytes, int at, int count) {
        if (state != State.CONTENT || length == 0) {
            return 0;
        }
        int most = Math.min(count, at + MAX_FRAME - length);
        int end = at;
        while (end < most && bytes[end] != Wire.PACKET_END && bytes[end] != Wire.PACKET_START) {
            end++;
        }
        return end - at;
    }

    private void append(byte[] bytes, int at, int count) {
        if (length + count > frame.length) {
            frame = Arrays.copyOf(frame, Math.min(MAX_FRAME, Math.max(2 * frame.length, length + count)));
        }
        System.arraycopy(bytes, at, frame, length, count);
        length += count;
    }

    /** True between the start of a frame and its last checksum digit. */
    public boolean isInsideFrame() {
        return state != State.OUTSIDE;
    }

    /** Forgets a frame whose end never came. */
    public void reset() {
        state = State.OUTSIDE;
        length = 0;
    }

    private void decode(int b, Consumer<RspEvent> events) {
        if (b == Wire.PACKET_START) {
            begin(false);
            return;
        }
        switch (state) {
            case OUTSIDE -> outside(b, events);
            case CONTENT -> content(b, events);
            case FIRST_DIGIT -> firstDigit(b);
            case SECOND_DIGIT -> secondDigit(b, events);
        }
    }

    private void outside(int b, Consumer<RspEvent> events) {
        switch (b) {
            case Wire.NOTIFICATION_START -> begin(true);
            case Wire.ACK -> events.accept(new RspEvent.Ack());
            case Wire.NAK -> events.accept(new RspEvent.Nak());
            case Wire.INTERRUPT -> events.accept(new RspEvent.Interrupt());
            default -> events.accept(new RspEvent.Noise(b));
        }
    }

    private void begin(boolean notification) {
        state = State.CONTENT;
        isNotification = notification;
        length = 0;
    }

    private void content(int b, Consumer<RspEvent> events) {
        if (b == Wire.PACKET_END) {
            state = State.FIRST_DIGIT;
        } else if (b == Wire.INTERRUPT && length == 0) {
            reset();
            events.accept(new RspEvent.Interrupt());
        } else if (length == MAX_FRAME) {
            reset();
            events.accept(new RspEvent.Damaged("frame longer than " + MAX_FRAME + " bytes"));
        } else {
            append((byte) b);
        }
    }

    private void append(byte b) {
        if (length == frame.length) {
            frame = Arrays.copyOf(frame, Math.min(MAX_FRAME, length * 2));
        }
        frame[length++] = b;
    }

    private void firstDigit(int b) {
        firstDigit = (char) b;
        state = State.SECOND_DIGIT;
    }

    private void secondDigit(int b, Consumer<RspEvent> events) {
        state = State.OUTSIDE;
        String digits = "" + firstDigit + (char) b;
        int sum = Checksum.of(frame, length);
        RspEvent event = checksum(digits) == sum ? whole() : mismatch(digits, sum);
        if (!isNotification || event instanceof RspEvent.Notification) {
            events.accept(event);
        }
    }

    private static int checksum(String digits) {
        try {
            return Hex.decodeHex(digits)[0] & 0xff;
        } catch (DecoderException notHex) {
            return -1;
        }
    }

    private static RspEvent mismatch(String digits, int sum) {
        return new RspEvent.Damaged("checksum " + Bytes.ascii(digits) + String.format(" (expected: %02x)", sum));
    }

    private RspEvent whole() {
        try {
            Bytes content = ContentDecoder.decode(Arrays.copyOf(frame, length), runs);
            return isNotification ? new RspEvent.Notification(content) : new RspEvent.Packet(content);
        } catch (MalformedContentException malformed) {
            return new RspEvent.Damaged(malformed.getMessage());
        }
    }
}
