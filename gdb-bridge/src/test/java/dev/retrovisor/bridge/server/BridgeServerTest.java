// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeMonitor;
import dev.retrovisor.bridge.testing.PipeLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BridgeServerTest {
    private PipeLink[] wire;
    private FakeMonitor monitor;
    private BridgeServer server;

    @BeforeEach
    void start() throws Exception {
        wire = PipeLink.pair(bytes -> bytes, true);
        monitor = FakeMonitor.start(wire[1]);
        server = BridgeServer.start(wire[0], Serving.on(LinkListener.onLoopback(0)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void commandsReachTheMonitorAndAnswersComeBack() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            assertThat(debugger.ask("?")).isEqualTo("T05");
            assertThat(debugger.ask("mfe,4")).isEqualTo("feff0001");
        }
        assertThat(monitor.commands()).containsExactly("?", "mfe,4");
    }

    @Test
    void noAckModeIsOfferedAndEndsAcknowledgements() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            assertThat(debugger.ask("qSupported:swbreak+"))
                    .isEqualTo("PacketSize=400;swbreak+;QStartNoAckMode+;qXfer:exec-file:read+");
            debugger.send("QStartNoAckMode");
            assertThat(debugger.hears(Duration.ofSeconds(5))).isEqualTo("+$OK#9a");
            debugger.send("?");
            assertThat(debugger.hears(Duration.ofSeconds(5))).isEqualTo("$T05#b9");
        }
        assertThat(monitor.commands()).doesNotContain("QStartNoAckMode");
    }

    @Test
    void anAcknowledgementComesInOnePieceWithItsAnswer() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("?");
            debugger.send("s");
            assertThat(debugger.hears(Duration.ofSeconds(5))).startsWith("+$T05step");
        }
    }

    @Test
    void anAcknowledgementDoesNotWaitForTheGuestToStop() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.send("vCont;c");
            assertThat(debugger.hears(Duration.ofSeconds(5))).isEqualTo("+");
        }
    }

    @Test
    void aDamagedCommandIsAskedForAgain() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.raw("$?#00");
            assertThat(debugger.hears(Duration.ofSeconds(5))).isEqualTo("-");
            assertThat(debugger.ask("?")).isEqualTo("T05");
        }
    }

    @Test
    void breakInStopsARunningGuest() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.send("vCont;c");
            await(monitor::isRunning);
            debugger.raw("\u0003");
            assertThat(debugger.answer()).isEqualTo("T02");
        }
    }

    @Test
    void consoleTextComesBeforeTheAnswerItBelongsTo() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            assertThat(debugger.ask("qRcmd,68656c70")).isEqualTo("O68690a");
            assertThat(debugger.answer()).isEqualTo("OK");
            assertThat(debugger.ask("?")).isEqualTo("T05");
        }
    }

    @Test
    void aDebuggerThatVanishesLeavesTheGuestRunningAndTheNextFindsItStopped() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.send("vCont;c");
            await(monitor::isRunning);
        }
        Thread.sleep(300);
        assertThat(monitor.isRunning()).isTrue();
        try (Debugger next = Debugger.connect(server.port())) {
            assertThat(next.ask("?")).isEqualTo("T02");
            assertThat(next.ask("m10,2")).isEqualTo("1011");
        }
    }

    @Test
    void theFirstClientIsInControlAndTheSecondOnlyReads() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            first.ask("qSupported:swbreak+");
            assertThat(second.ask("qSupported:swbreak+")).contains("QStartNoAckMode+");
            assertThat(second.ask("?")).isEqualTo("T05");
            assertThat(second.ask("m100,2")).isEqualTo("0001");
            for (String change : List.of("vCont;c", "s", "bs", "Z0,1000,1", "z0,1000,1", "M100,1:00", "P0=00", "G00")) {
                assertThat(second.ask(change)).startsWith("E.this client only reads; in control is 127.0.0.1:");
            }
            assertThat(second.ask("D")).isEqualTo("OK");
            assertThat(first.ask("s")).startsWith("T05step");
            assertThat(monitor.commands()).containsExactly("qSupported:swbreak+", "?", "m100,2", "s");
        }
    }

    @Test
    void eachClientsAddressesAreOfItsOwnKind() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            first.ask("qSupported:swbreak+");
            assertThat(first.ask("QRetro.PhysicalMemory:1")).isEqualTo("OK");
            for (String question : List.of("mfe,4", "qCRC:fe,4", "qSearch:memory:fe;4;a")) {
                second.ask("m5000,2");
                first.ask(question);
            }
            assertThat(monitor.commands().stream().filter(one -> !one.startsWith("qSupported")))
                    .containsExactly(
                            "QRetro.PhysicalMemory:1",
                            "QRetro.PhysicalMemory:0",
                            "m5000,2",
                            "QRetro.PhysicalMemory:1",
                            "mfe,4",
                            "QRetro.PhysicalMemory:0",
                            "m5000,2",
                            "QRetro.PhysicalMemory:1",
                            "qCRC:fe,4",
                            "QRetro.PhysicalMemory:0",
                            "m5000,2",
                            "QRetro.PhysicalMemory:1",
                            "qSearch:memory:fe;4;a");
        }
    }

    @Test
    void afterAChangeOfTheArchitectureTheNextDebuggerGetsOtherAnswers() throws Exception {
        String describe = "qXfer:features:read:target.xml:0,100";
        try (Debugger first = Debugger.connect(server.port())) {
            first.ask("qSupported:swbreak+");
            first.ask(describe);
            first.ask("?");
            first.ask("qRcmd," + hex("set architecture i8086"));
            first.ask(describe);
        }
        Thread.sleep(1200);
        try (Debugger next = Debugger.connect(server.port())) {
            next.ask("qSupported:swbreak+");
            next.ask(describe);
            next.ask("?");
            assertThat(monitor.commands()).endsWith("qSupported:swbreak+", describe, "?");
            assertThat(monitor.commands().stream().filter(describe::equals)).hasSize(2);
        }
    }

    @Test
    void aReaderMayUseMonitorCommandsThatOnlyLook() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            first.ask("?");
            assertThat(second.ask("qRcmd," + hex("status"))).isEqualTo("O68690a");
            assertThat(second.answer()).isEqualTo("OK");
            assertThat(text(second.ask("qRcmd," + hex("seek begin"))))
                    .startsWith("bridge: this client only reads; in control is ")
                    .contains("(without control: help, status,");
            assertThat(second.answer()).isEqualTo("OK");
            assertThat(monitor.commands()).containsExactly("?", "qRcmd," + hex("status"));
        }
    }

    @Test
    void aReaderTakesControlByAWordWhenTheControllerHasLeft() throws Exception {
        try (Debugger second = Debugger.connect(server.port())) {
            try (Debugger first = Debugger.connect(server.port())) {
                first.ask("?");
                second.ask("qSupported:hwbreak+");
                assertThat(text(second.ask("qRcmd," + hex("bridge control"))))
                        .startsWith("no: in control is 127.0.0.1:");
                second.answer();
                Thread.sleep(1200);
            }
            Thread.sleep(300);
            assertThat(second.ask("s"))
                    .isEqualTo("E.this client only reads; nobody is in control: monitor bridge control");
            assertThat(text(second.ask("qRcmd," + hex("bridge control")))).isEqualTo("this client is in control now\n");
            second.answer();
            assertThat(second.ask("s")).startsWith("T05step");
        }
        assertThat(monitor.commands()).endsWith("qSupported:hwbreak+", "s");
    }

    @Test
    void whoOnlyAsksAboutTheRecordingTakesNobodysPlace() throws Exception {
        try (Debugger recorder = Debugger.connect(server.port());
                Debugger debugger = Debugger.connect(server.port())) {
            recorder.ask("qXfer:exec-file:read:1:0,fff");
            recorder.ask("qRetro.Base");
            assertThat(debugger.ask("M10,1:00")).isEqualTo("OK");
            debugger.send("vCont;c");
            await(monitor::isRunning);
            recorder.ask("qRetro.Log:0,3f00");
            assertThat(monitor.isRunning()).isTrue();
            assertThat(recorder.ask("M10,1:00")).startsWith("E.this client only reads");
        }
        assertThat(monitor.commands()).contains("qRetro.Log:0,3f00").doesNotContain("qXfer:exec-file:read:1:0,fff");
    }

    @Test
    void whoLooksIsToldOfAJourneyAndNotOfALook() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            String stop = first.ask("?");
            second.ask("?");
            assertThat(text(first.ask("qRcmd," + hex("status")))).isEqualTo("hi\n");
            assertThat(first.answer()).isEqualTo("OK");
            assertThat(second.hears(Duration.ofMillis(100))).isEmpty();
            first.ask("qRcmd," + hex("seek 1"));
            assertThat(second.hears(Duration.ofSeconds(5))).contains("%RetroStop:" + stop + "#");
        }
    }

    @Test
    void whileTheGuestRunsAReaderReadsAndTheGuestRunsOn() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            first.ask("?");
            first.send("vCont;c");
            await(monitor::isRunning);
            assertThat(second.ask("m100,2")).isEqualTo("0001");
            assertThat(text(second.ask("qRcmd," + hex("status")))).isEqualTo("hi\n");
            assertThat(second.answer()).isEqualTo("OK");
            assertThat(second.ask("M100,1:00")).startsWith("E.this client only reads");
            assertThat(monitor.isRunning()).isTrue();
            second.raw("\u0003");
            Thread.sleep(100);
            assertThat(monitor.isRunning()).isTrue();
            first.raw("\u0003");
            assertThat(first.answer()).isEqualTo("T02");
            assertThat(second.hears(Duration.ofSeconds(5))).contains("%RetroStop:T02#");
            assertThat(second.ask("?")).isEqualTo("T02");
        }
    }

    @Test
    void aReaderThatConnectsWhileTheGuestRunsFindsItRunning() throws Exception {
        try (Debugger first = Debugger.connect(server.port());
                Debugger second = Debugger.connect(server.port())) {
            first.ask("?");
            first.send("vCont;c");
            await(monitor::isRunning);
            assertThat(second.ask("?")).isEqualTo("T00thread:01;");
            assertThat(second.ask("g")).isEqualTo("0011223344");
            assertThat(monitor.isRunning()).isTrue();
            first.raw("\u0003");
            assertThat(first.answer()).isEqualTo("T02");
        }
    }

    @Test
    void theOneInControlReadsAndWritesWhileItWaitsForTheStop() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("?");
            debugger.send("vCont;c");
            await(monitor::isRunning);
            assertThat(debugger.ask("m100,2")).isEqualTo("0001");
            assertThat(debugger.ask("M100,1:00")).isEqualTo("OK");
            assertThat(monitor.isRunning()).isTrue();
            debugger.raw("\u0003");
            assertThat(debugger.answer()).isEqualTo("T02");
            assertThat(debugger.ask("m100,2")).isEqualTo("0001");
        }
        assertThat(monitor.commands()).containsExactly("?", "vCont;c", "m100,2", "M100,1:00", "m100,2");
    }

    @Test
    void anInterruptSentTogetherWithAResumeComesAfterIt() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.raw("$vCont;c#a8\u0003");
            assertThat(debugger.answer()).isEqualTo("T02");
        }
    }

    @Test
    void whatIsKnownOfAStoppedGuestIsNotAskedAgain() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("vCont;s");
            for (int i = 0; i < 3; i++) {
                assertThat(debugger.ask("g")).isEqualTo("0011223344");
                assertThat(debugger.ask("p10")).isEqualTo("0110000000000000");
                assertThat(debugger.ask("m8018,8")).isEqualTo("18191a1b1c1d1e1f");
                assertThat(debugger.ask("m8008,10")).isEqualTo("08090a0b0c0d0e0f1011121314151617");
                assertThat(debugger.ask("?")).startsWith("T0510:01");
            }
            assertThat(monitor.commands()).containsExactly("vCont;s", "g", "m8000,40");
            debugger.ask("vCont;s");
            assertThat(debugger.ask("p10")).isEqualTo("0210000000000000");
            debugger.ask("m8018,8");
        }
        assertThat(monitor.commands()).containsExactly("vCont;s", "g", "m8000,40", "vCont;s", "m8000,40");
    }

    @Test
    void aWriteMakesKnownMemoryUnknown() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("vCont;s");
            debugger.ask("m8018,8");
            debugger.ask("M8018,1:00");
            debugger.ask("m8018,8");
        }
        assertThat(monitor.commands()).containsExactly("vCont;s", "m8000,40", "M8018,1:00", "m8000,40");
    }

    @Test
    void memoryFarFromTheStackAndTheCodeIsAskedForEachTime() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("vCont;s");
            debugger.ask("m90000,8");
            debugger.ask("m90000,8");
        }
        assertThat(monitor.commands()).containsExactly("vCont;s", "m90000,8", "m90000,8");
    }

    @Test
    void breakpointsThatGdbRemovesAndInsertsAgainStayInTheMonitor() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(debugger.ask("Z0,1000,1")).isEqualTo("OK");
                assertThat(debugger.ask("Z1,2000,1")).isEqualTo("OK");
                debugger.ask("vCont;s");
                assertThat(debugger.ask("z0,1000,1")).isEqualTo("OK");
                assertThat(debugger.ask("z1,2000,1")).isEqualTo("OK");
            }
            debugger.ask("Z1,2000,1");
            debugger.ask("vCont;s");
        }
        assertThat(monitor.commands())
                .startsWith("Z0,1000,1", "Z1,2000,1", "vCont;s", "vCont;s", "vCont;s", "z0,1000,1", "vCont;s");
    }

    @Test
    void aBreakpointWithAnotherConditionIsSent() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("Z0,1000,1;X2,2222");
            debugger.ask("z0,1000,1");
            debugger.ask("Z0,1000,1;X2,3333");
        }
        assertThat(monitor.commands()).startsWith("Z0,1000,1;X2,2222", "Z0,1000,1;X2,3333");
    }

    @Test
    void theBreakpointsOfADebuggerThatVanishesAreRemovedAndTheGuestRunsOn() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("Z0,1000,1");
            debugger.send("vCont;c");
            await(monitor::isRunning);
        }
        await(() -> monitor.commands().size() == 4);
        assertThat(monitor.commands()).containsExactly("Z0,1000,1", "vCont;c", "z0,1000,1", "vCont;c");
        await(monitor::isRunning);
    }

    @Test
    void clientsThatSayNothingOrReadNothingKeepNobodyWaiting() throws Exception {
        try (Debugger silent = Debugger.connect(server.port());
                Debugger deaf = Debugger.connect(server.port());
                Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("?");
            for (int i = 0; i < 500; i++) {
                deaf.send("m0,400");
            }
            for (int i = 0; i < 20; i++) {
                assertThat(debugger.ask("m" + i + ",1")).hasSize(2);
            }
            assertThat(silent.hears(Duration.ofMillis(10))).isEmpty();
        }
    }

    @Test
    void aFloodOfCommandsEndsItsClientOnly() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port());
                Debugger flood = Debugger.connect(server.port())) {
            debugger.ask("?");
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 3000; i++) {
                            flood.raw("$m0,1#fa".repeat(2000));
                        }
                    })
                    .isInstanceOf(LinkLostException.class);
            assertThat(debugger.ask("m1,1")).isEqualTo("01");
        }
    }

    @Test
    void thereIsABoundToTheNumberOfClients() throws Exception {
        List<Debugger> all = new java.util.ArrayList<>();
        for (int i = 0; i < Dispatcher.MOST_CLIENTS; i++) {
            all.add(Debugger.connect(server.port()));
            assertThat(all.get(i).ask("?")).isEqualTo("T05");
        }
        try (Debugger tooMany = Debugger.connect(server.port())) {
            assertThatThrownBy(() -> tooMany.ask("?")).isInstanceOf(LinkLostException.class);
        }
        assertThat(all.get(0).ask("m0,1")).isEqualTo("00");
        all.forEach(Debugger::close);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String output) {
        return new String(HexFormat.of().parseHex(output.substring(1)), StandardCharsets.UTF_8);
    }

    @Test
    void oneDebuggerAfterAnotherIsServed() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Debugger debugger = Debugger.connect(server.port())) {
                assertThat(debugger.ask("?")).isEqualTo("T05");
            }
        }
    }

    @Test
    void aPeerThatDoesNotSpeakRspIsDroppedAndHarmsNothing() throws Exception {
        try (Debugger browser = Debugger.connect(server.port())) {
            browser.raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n$k#6b");
            assertThatThrownBy(browser::answer).isInstanceOf(LinkLostException.class);
        }
        try (Debugger debugger = Debugger.connect(server.port())) {
            assertThat(debugger.ask("?")).isEqualTo("T05");
        }
        assertThat(monitor.commands()).containsExactly("?");
    }

    @Test
    void theEndOfTheLinkClosesTheDebuggersConnectionAndSaysWhy() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            debugger.ask("?");
            wire[1].close();
            assertThatThrownBy(debugger::answer).isInstanceOf(LinkLostException.class);
        }
        assertThat(server.awaitEnd()).hasMessage("pipe: closed");
    }

    @Test
    void commandsSentWithoutWaitingAreAnsweredInOrder() throws Exception {
        try (Debugger debugger = Debugger.connect(server.port())) {
            for (int i = 0; i < 100; i++) {
                debugger.send("m" + Integer.toHexString(i) + ",1");
            }
            for (int i = 0; i < 100; i++) {
                assertThat(debugger.answer()).isEqualTo(String.format("%02x", i));
            }
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
