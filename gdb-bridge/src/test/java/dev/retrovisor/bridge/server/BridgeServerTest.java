// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeMonitor;
import dev.retrovisor.bridge.testing.PipeLink;
import java.time.Duration;
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
        server = BridgeServer.start(wire[0], LinkListener.onLoopback(0));
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
            assertThat(debugger.ask("qSupported:swbreak+")).isEqualTo("PacketSize=400;swbreak+;QStartNoAckMode+");
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
            assertThat(next.ask("?")).isEqualTo("T05");
            assertThat(next.ask("m10,2")).isEqualTo("1011");
        }
    }

    @Test
    void aSecondDebuggerIsRefusedAndTheFirstIsNotDisturbed() throws Exception {
        try (Debugger first = Debugger.connect(server.port())) {
            first.ask("?");
            try (Debugger second = Debugger.connect(server.port())) {
                assertThatThrownBy(() -> second.ask("?")).isInstanceOf(LinkLostException.class);
            }
            assertThat(first.ask("m0,1")).isEqualTo("00");
        }
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
