// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class FrameDecoderTest {
    private static final byte[] STREAM =
            "+$qSupported#37-\u0003noise$OK#00%Stop#a6$0*\"#7c$m1,4$}]x#f2".getBytes(StandardCharsets.ISO_8859_1);

    @Test
    void everyWayToCutAStreamInThreeGivesTheSameEvents() {
        List<RspEvent> whole = decode(FrameDecoder.ofReplies(), STREAM);
        assertThat(whole).hasSizeGreaterThan(8);
        for (int first = 0; first <= STREAM.length; first++) {
            for (int second = first; second <= STREAM.length; second++) {
                assertThat(decodeInPieces(0, first, second, STREAM.length)).isEqualTo(whole);
            }
        }
    }

    @Test
    void kindsOfEventsAreToldApart() {
        assertThat(decode(FrameDecoder.ofReplies(), STREAM).stream()
                        .map(FrameDecoderTest::kind)
                        .distinct())
                .containsExactly("Ack", "Packet", "Nak", "Interrupt", "Noise", "Damaged", "Notification");
    }

    @Test
    void aWrongChecksumStatesBothSums() {
        assertThat(decode("$OK#00")).containsExactly(new RspEvent.Damaged("checksum 00 (expected: 9a)"));
    }

    @Test
    void aDamagedNotificationIsDroppedSinceNobodyCanAskForItAgain() {
        assertThat(decode("%Stop#00")).isEmpty();
    }

    @Test
    void aRunRepeatsTheByteBeforeIt() {
        assertThat(decode("$0*\"#7c")).containsExactly(packet("000000"));
    }

    @Test
    void aStarFromADebuggerIsAByteAsAnyOther() {
        assertThat(decode(FrameDecoder.ofCommands(), FrameDecoderTest.bytes("$0*\"#7c")))
                .containsExactly(packet("0*\""));
    }

    @Test
    void aRunWithNothingBeforeItIsDamage() {
        assertThat(decode("$*\"#4c"))
                .containsExactly(new RspEvent.Damaged("content byte 0: a run with nothing to repeat before it"));
    }

    @Test
    void aFrameThatNeverEndsIsGivenUpAtTheBound() {
        byte[] endless = new byte[FrameDecoder.MAX_FRAME + 2];
        Arrays.fill(endless, (byte) 'a');
        endless[0] = '$';
        assertThat(decode(FrameDecoder.ofReplies(), endless))
                .containsExactly(new RspEvent.Damaged("frame longer than 262144 bytes"));
    }

    @Test
    void resetForgetsAnUnfinishedFrame() {
        FrameDecoder decoder = FrameDecoder.ofReplies();
        decode(decoder, bytes("$abc"));
        assertThat(decoder.isInsideFrame()).isTrue();
        decoder.reset();
        assertThat(decoder.isInsideFrame()).isFalse();
        assertThat(decode(decoder, bytes("+"))).containsExactly(new RspEvent.Ack());
    }

    @Property
    void whatIsEncodedIsDecoded(@ForAll byte[] content) {
        Assume.that(content.length == 0 || content[0] != Wire.INTERRUPT);
        List<RspEvent> expected = List.of(new RspEvent.Packet(Bytes.of(content)));
        assertThat(decode(FrameDecoder.ofReplies(), FrameEncoder.packet(Bytes.of(content))))
                .isEqualTo(expected);
        assertThat(decode(FrameDecoder.ofCommands(), FrameEncoder.packet(Bytes.of(content))))
                .isEqualTo(expected);
    }

    @Property
    void whatIsShortenedIsDecoded(
            @ForAll @Size(max = 8) List<@net.jqwik.api.constraints.IntRange(max = 300) Integer> runs) {
        byte[] content = bytes(runs.stream()
                .map(n -> "0f*#".substring(n % 4, n % 4 + 1).repeat(n))
                .collect(Collectors.joining()));
        byte[] frame = FrameEncoder.shortPacket(Bytes.of(content));
        assertThat(decode(FrameDecoder.ofReplies(), frame)).containsExactly(new RspEvent.Packet(Bytes.of(content)));
        assertThat(frame.length).isLessThanOrEqualTo(FrameEncoder.packet(Bytes.of(content)).length);
    }

    @Test
    void anEscapedByteBeginsNoRun() {
        byte[] frame = FrameEncoder.shortPacket(Bytes.of(bytes("####****")));
        assertThat(new String(frame, ISO_8859_1)).startsWith("$}\u0003}\u0003}\u0003}\u0003}\n}\n}\n}\n#");
    }

    @Property
    void noGarbageMakesItFailOrHidesThePacketAfterIt(@ForAll byte[] garbage) {
        FrameDecoder decoder = FrameDecoder.ofReplies();
        decode(decoder, garbage);
        List<RspEvent> events = decode(decoder, bytes("$OK#9a"));
        assertThat(events).last().isEqualTo(packet("OK"));
    }

    private static List<RspEvent> decode(String text) {
        return decode(FrameDecoder.ofReplies(), bytes(text));
    }

    private static List<RspEvent> decode(FrameDecoder decoder, byte[] bytes) {
        List<RspEvent> events = new ArrayList<>();
        decoder.decode(bytes, bytes.length, events::add);
        return events;
    }

    private static List<RspEvent> decodeInPieces(int... cuts) {
        FrameDecoder decoder = FrameDecoder.ofReplies();
        List<RspEvent> events = new ArrayList<>();
        for (int i = 0; i + 1 < cuts.length; i++) {
            events.addAll(decode(decoder, Arrays.copyOfRange(STREAM, cuts[i], cuts[i + 1])));
        }
        return events;
    }

    private static String kind(RspEvent event) {
        return event.getClass().getSimpleName();
    }

    private static RspEvent packet(String content) {
        return new RspEvent.Packet(Bytes.ascii(content));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
