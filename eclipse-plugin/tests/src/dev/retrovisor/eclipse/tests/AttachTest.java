// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Launches that debug a machine which runs already: a real monitor in a QEMU that is not the launch's. */
@ExtendWith(TestLimit.class)
class AttachTest {
    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    Path folder;

    @Test
    void aMachineIsDebuggedByTcpAndStaysWhenTheLaunchEnds() throws Exception {
        try (RunningMonitor machine = RunningMonitor.byTcp(folder, "ticks")) {
            Map<String, String> attributes =
                    Map.of(LaunchSettings.TARGET, LaunchSettings.TCP, LaunchSettings.ADDRESS, machine.address());
            Session session = launching.launched(launching.configuration("by TCP", attributes));
            assertEquals(machine.address(), session.name());
            stepsBothWays(session);
            launching.end();
            assertTrue(machine.isAlive());
            Session again = launching.launched(launching.configuration("by TCP again", attributes));
            assertTrue(again.state().isStopped());
            assertEquals(0, again.goTo("begin").get());
            launching.end();
        }
    }

    @Test
    void aMachineIsDebuggedByASerialLineThatWasChosenInTheTabs() throws Exception {
        try (RunningMonitor machine = RunningMonitor.bySerialLine(folder, "ticks")) {
            LaunchDialog dialog = new LaunchDialog(launching.configuration("by serial line", Map.of()));
            dialog.open(() -> {
                dialog.choose("Target", LaunchSettings.TARGET, "a monitor that runs already, by serial line");
                dialog.awaitText("choose the serial port");
                dialog.choose("Target", LaunchSettings.DEVICE, machine.address());
                dialog.choose("Target", LaunchSettings.BAUD, "fast");
                dialog.awaitText("Speed: enter a number from 1");
                dialog.choose("Target", LaunchSettings.BAUD, "115200");
                dialog.photograph("launch-serial.png");
                dialog.press("Debug");
            });
            Widgets.await(() -> "a session", () -> Sessions.newest().isPresent());
            Session session = Sessions.newest().orElseThrow();
            assertEquals(machine.address(), session.name());
            stepsBothWays(session);
            launching.end();
            assertTrue(machine.isAlive());
        }
    }

    /** The registers are those of a gdb that looks on. */
    private static void stepsBothWays(Session session) throws Exception {
        assertEquals(0, session.instant().getAsLong());
        for (int i = 0; i < 5; i++) {
            session.step().get();
        }
        assertEquals(5, session.instant().getAsLong());
        String there = Launching.rip(session);
        assertEquals(Gdb.registers(session.port()).get("rip"), there);
        session.reverseStep().get();
        assertEquals(4, session.instant().getAsLong());
        assertNotEquals(there, Launching.rip(session));
        session.step().get();
        assertEquals(there, Launching.rip(session));
        session.goTo("end").get();
        CompletableFuture<Void> stop = session.resume();
        Widgets.await(() -> "it runs", () -> session.state() == SessionState.RUNNING);
        Widgets.live(500);
        session.suspend();
        stop.get(60, TimeUnit.SECONDS);
        assertTrue(session.instant().getAsLong() > 5, session.instant().toString());
    }

    @Test
    void whereNobodyListensADialogSaysSo() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        refused(
                Map.of(LaunchSettings.TARGET, LaunchSettings.TCP, LaunchSettings.ADDRESS, "localhost:" + port),
                "localhost:" + port);
    }

    @Test
    void aSerialPortThatIsNotThereIsNamedInADialog() throws Exception {
        String port = folder.resolve("ttyNone").toString();
        refused(Map.of(LaunchSettings.TARGET, LaunchSettings.SERIAL, LaunchSettings.DEVICE, port), port);
    }

    private void refused(Map<String, String> attributes, String named) throws Exception {
        ILaunchConfiguration wrong = launching.configuration("nobody", attributes);
        DebugUITools.launch(wrong, ILaunchManager.DEBUG_MODE);
        String said = LaunchDialog.awaitMessage(named);
        assertTrue(said.contains(named + ": "), said);
    }
}
