// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.testing.PipeLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Time is a number here. */
final class MonitorPortTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> answers = new ArrayList<>();
    private final PipeLink[] wire = PipeLink.pair(bytes -> bytes, false);
    private final MonitorPort port = new MonitorPort(wire[0], RetryPolicy.of(wire[0]), new Recorder(), 0);

    private final class Recorder implements MonitorPort.Replies {
        @Override
        public void reply(Command command, Bytes content) {
            answers.add(command.content() + " -> " + content);
        }

        @Override
        public void output(Command command, Bytes content) {
            reply(command, content);
        }

        @Override
        public void notification(Bytes content) {
            answers.add("% " + content);
        }
    }

    @Test
    void aCommandWithoutAcknowledgementIsSentAgain() throws Exception {
        start("?", 0);
        port.tick(SECOND / 2);
        assertThat(sent()).isEqualTo("$?#3f");
        port.tick(2 * SECOND);
        assertThat(sent()).isEqualTo("$?#3f");
    }

    @Test
    void aCommandThatArrivedDamagedIsSentAgainAtOnce() throws Exception {
        start("?", 0);
        receive("-", 1);
        assertThat(sent()).isEqualTo("$?#3f$?#3f");
    }

    @Test
    void anAnswerWhoseEndIsLostIsAskedForAgain() throws Exception {
        start("?", 0);
        receive("+$T0", 1);
        sent();
        port.tick(SECOND / 2);
        assertThat(sent()).isEqualTo("-");
        receive("$T05#b9", SECOND);
        assertThat(answers).containsExactly("? -> T05");
    }

    @Test
    void anAnswerWhoseStartIsLostIsAskedForAgain() throws Exception {
        start("?", 0);
        receive("+T05#b9", 1);
        sent();
        port.tick(SECOND / 2);
        assertThat(sent()).isEqualTo("-");
    }

    @Test
    void anAnswerWithoutAcknowledgementBeforeItIsTaken() throws Exception {
        start("?", 0);
        receive("$T05#b9", 1);
        assertThat(answers).containsExactly("? -> T05");
        assertThat(port.isFree(2)).isTrue();
    }

    @Test
    void anAnswerToACommandSentTwiceMayComeTwiceAndIsGivenOnce() throws Exception {
        start("?", 0);
        port.tick(2 * SECOND);
        receive("+$T05#b9", 2 * SECOND);
        assertThat(port.isFree(2 * SECOND + 1)).isFalse();
        receive("+$T05#b9", 2 * SECOND + 1);
        assertThat(answers).containsExactly("? -> T05");
        assertThat(port.isFree(3 * SECOND)).isTrue();
    }

    @Test
    void anAnswerToAPacketBesideARunThatComesAgainAfterTheLinkWasLostIsNotTheStop() throws Exception {
        PipeLink[] reliable = PipeLink.pair(bytes -> bytes, true);
        MonitorPort running = new MonitorPort(reliable[0], RetryPolicy.of(reliable[0]), new Recorder(), 0);
        running.start(Command.of("vCont;c", none -> {}), 0);
        running.received(bytes("+"), 1);
        running.startAside(Command.of("m1000,2", none -> {}), 2);
        running.received(bytes("+$abcd#8a"), 3);
        reliable[0].interrupt();
        running.tick(4);
        running.received(bytes("$abcd#8a"), 5);
        assertThat(answers).containsExactly("m1000,2 -> abcd");
        assertThat(running.isResumed()).isTrue();
        running.received(bytes("$T05#b9"), 6);
        assertThat(answers).containsExactly("m1000,2 -> abcd", "vCont;c -> T05");
    }

    @Test
    void aRunningGuestMayRunForEver() throws Exception {
        start("vCont;c", 0);
        receive("+", 1);
        sent();
        for (long hour = 1; hour < 50; hour++) {
            port.tick(hour * 3600 * SECOND);
        }
        assertThat(sent()).isEmpty();
        assertThat(port.isResumed()).isTrue();
    }

    @Test
    void aBreakInThatBringsNoStopIsSentAgain() throws Exception {
        start("vCont;c", 0);
        receive("+", 1);
        port.interrupt(SECOND);
        sent();
        port.tick(3 * SECOND);
        assertThat(sent()).isEqualTo("-\u0003");
        receive("$T02#b6", 4 * SECOND);
        assertThat(answers).containsExactly("vCont;c -> T02");
    }

    @Test
    void aMonitorThatNeverAnswersIsGivenUpAfterTenAttempts() throws Exception {
        start("?", 0);
        assertThatThrownBy(() -> {
                    for (long second = 1; second < 100; second++) {
                        port.tick(second * 2 * SECOND);
                    }
                })
                .isInstanceOf(LinkLostException.class)
                .hasMessage("pipe: the monitor has not answered 10 times (is the target on?)");
    }

    @Test
    void copiesOfAnOldReplyDoNotBreedCopiesOfTheNextPacket() throws Exception {
        startTagged("first", 0);
        receiveTagged("b:OK", 1);
        startTagged("second", 2);
        sent();
        for (int copy = 0; copy < 5; copy++) {
            receiveTagged("b:OK", 3 + copy);
            port.tick(4 + copy);
        }
        assertThat(sent()).isEmpty();
        receiveTagged("c:late", 10);
        assertThat(answers).containsExactly("first -> OK", "second -> late");
        port.tick(SECOND);
        assertThat(sent()).isEmpty();
    }

    @Test
    void whatSeemsLostIsSentAgainOnceTheLineIsSilent() throws Exception {
        startTagged("first", 0);
        String packet = sent();
        receive("-", 1);
        receive("-", 2);
        port.tick(SECOND / 1000);
        assertThat(sent()).isEmpty();
        port.tick(SECOND / 10);
        assertThat(sent()).isEqualTo(packet);
        port.tick(SECOND / 10 + 1);
        assertThat(sent()).isEmpty();
    }

    @Test
    void aPartThatComesTwiceAsksForTheNextOnce() throws Exception {
        startTagged("long", 0);
        receiveTagged("B6,0;abc", 1);
        assertThat(sent()).contains("/B3");
        receiveTagged("B6,0;abc", 2);
        assertThat(sent()).isEmpty();
        receiveTagged("/B3;def", 3);
        assertThat(answers).containsExactly("long -> abcdef");
    }

    /** On a line not known yet to be good, hence with upper-case tags. */
    private void startTagged(String command, long at) throws Exception {
        if (at == 0) {
            port.tryTags();
        }
        start(command, at);
    }

    private void receiveTagged(String rest, long at) throws Exception {
        byte[] body = rest.getBytes(StandardCharsets.ISO_8859_1);
        CRC32C crc = new CRC32C();
        crc.update(body);
        String content = "~" + (char) (crc.getValue() & 0xff) + (char) (crc.getValue() >> 8 & 0xff) + rest;
        port.received(FrameEncoder.packet(Bytes.ascii(content)), at);
    }

    @Test
    void onALinkThatLosesNothingNothingIsSentTwice() throws Exception {
        PipeLink[] reliable = PipeLink.pair(bytes -> bytes, true);
        MonitorPort patient = new MonitorPort(reliable[0], RetryPolicy.of(reliable[0]), new Recorder(), 0);
        patient.start(Command.of(Bytes.ascii("?"), none -> {}), 0);
        patient.tick(1000 * SECOND);
        byte[] buffer = new byte[100];
        assertThat(reliable[1].read(buffer, Duration.ZERO)).isEqualTo(5);
        assertThat(reliable[1].read(buffer, Duration.ZERO)).isZero();
    }

    @Test
    void killHasNoAnswerToWaitFor() throws Exception {
        start("k", 0);
        receive("+", 1);
        assertThat(port.isFree(2)).isTrue();
    }

    @Test
    void consoleTextIsGivenAndTheAnswerStillAwaited() throws Exception {
        start("qRcmd,00", 0);
        receive("+$O41#b4", 1);
        assertThat(port.isFree(2)).isFalse();
        receive("$OK#9a", 3);
        assertThat(answers).containsExactly("qRcmd,00 -> O41", "qRcmd,00 -> OK");
        assertThat(port.isFree(4)).isTrue();
    }

    private void start(String command, long at) throws LinkLostException {
        port.start(Command.of(Bytes.ascii(command), none -> {}), at);
    }

    private void receive(String text, long at) throws LinkLostException {
        port.received(bytes(text), at);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What went out since the last call. */
    private String sent() throws LinkLostException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[1000];
        int count;
        while ((count = wire[1].read(buffer, Duration.ZERO)) > 0) {
            text.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }
}
