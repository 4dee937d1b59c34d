// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.eclipse.core.session.BridgeSession;
import dev.retrovisor.eclipse.core.session.SessionState;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bridge that refuses to move the machine, as one does whose link to the monitor was lost for a moment; it is played here, since none refuses when it is asked to. */
@ExtendWith(TestLimit.class)
class RefusedJourneyTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final String REFUSAL = "E.the link to the monitor was lost";

    private ServerSocket bridge;
    private BridgeSession session;

    @BeforeEach
    void open() throws Exception {
        bridge = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread player = new Thread(this::play, "bridge that refuses");
        player.setDaemon(true);
        player.start();
        session = BridgeSession.open("refused", bridge.getLocalPort(), Optional.empty());
    }

    @AfterEach
    void close() throws Exception {
        session.close();
        bridge.close();
    }

    private void play() {
        try (Socket client = bridge.accept()) {
            String command = next(client.getInputStream());
            while (command != null) {
                answer(client, command);
                command = next(client.getInputStream());
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    /** The next packet's content; null: there is no more. */
    private static String next(InputStream in) throws IOException {
        StringBuilder content = new StringBuilder();
        int one = in.read();
        while (one >= 0 && one != '$') {
            one = in.read(); // an acknowledgement
        }
        for (one = in.read(); one >= 0 && one != '#'; one = in.read()) {
            content.append((char) one);
        }
        return one < 0 || in.readNBytes(2).length < 2 ? null : content.toString();
    }

    private static void answer(Socket client, String command) throws IOException {
        if (command.equals("qRcmd," + hex("status"))) {
            packet(client, "O" + hex("mode live\nnow @5\nhistory @0..@9\n"));
            packet(client, "OK");
        } else if (command.startsWith("qRcmd,") || List.of("s", "bs", "c", "bc").contains(command)) {
            packet(client, REFUSAL);
        } else {
            packet(client, command.equals("?") ? "T05" : "");
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void packet(Socket client, String content) throws IOException {
        client.getOutputStream().write(FrameEncoder.packet(Bytes.ascii(content)));
        client.getOutputStream().flush();
    }

    @Test
    void theSessionStandsAfterwards() {
        for (Supplier<Future<?>> journey : List.<Supplier<Future<?>>>of(
                () -> session.goTo(2),
                () -> session.goTo("begin"),
                session::step,
                session::reverseStep,
                session::resume,
                session::reverseContinue)) {
            ExecutionException refusal =
                    assertThrows(ExecutionException.class, () -> journey.get().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(refusal.getMessage().contains(REFUSAL.substring(2)), refusal.getMessage());
            assertEquals(SessionState.STOPPED, session.state());
            assertEquals(5, session.instant().orElseThrow());
        }
    }
}
