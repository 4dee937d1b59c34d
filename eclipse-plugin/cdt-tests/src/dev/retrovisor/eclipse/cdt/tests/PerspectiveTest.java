// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.demo.MessageSender;
import dev.retrovisor.bridge.link.Datagrams;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Place;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.tests.GuestWords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.eclipse.cdt.debug.core.model.ICBreakpointType;
import org.eclipse.cdt.dsf.debug.service.IStack.IFrameDMContext;
import org.eclipse.cdt.dsf.ui.viewmodel.datamodel.IDMVMContext;
import org.eclipse.core.commands.Command;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.contexts.IContextService;
import org.eclipse.ui.handlers.IHandlerService;
import org.junit.jupiter.api.AfterEach;
import dev.retrovisor.eclipse.tests.TestLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The Debug perspective during a session, as the user sees it. */
@ExtendWith(TestLimit.class)
class PerspectiveTest {
    private static final String ACTION_SET = "org.eclipse.cdt.debug.ui.reverseDebuggingActionSet";
    private static final String COMMAND = "org.eclipse.cdt.debug.ui.command.";
    private static final List<String> BACKWARDS =
            List.of("reverseResume", "reverseStepInto", "reverseStepOver", "uncall", "reverseToggle");

    private static final int MESSAGES_PER_SECOND = 250;
    private static final long MORE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(Stops.PATIENCE_SECONDS);

    @AfterEach
    void noBreakpointStays() throws Exception {
        Workbench.removeBreakpoints();
    }

    private static boolean frameIsSelected() throws Exception {
        return Workbench.ui(() -> DebugUITools.getDebugContext() instanceof IDMVMContext selected
                && selected.getDMContext() instanceof IFrameDMContext);
    }

    private static boolean isEnabled(String command) throws Exception {
        return Workbench.ui(() -> {
            Command one = Workbench.window().getService(ICommandService.class).getCommand(COMMAND + command);
            return one.isEnabled();
        });
    }

    private static void click(String command) throws Exception {
        Workbench.ui(
                () -> Workbench.window().getService(IHandlerService.class).executeCommand(COMMAND + command, null));
    }

    @Test
    void theCommandsThatGoBackAreThereAndWork() throws Exception {
        Workbench.openDebugPerspective();
        Workbench.breakAt("middle", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            Workbench.await("the Debug view selects a frame", PerspectiveTest::frameIsSelected);
            Workbench.await("the source is shown", () -> Workbench.editorTitle().equals("calls.c"));
            assertTrue(Workbench.<Boolean>ui(() -> Workbench.window()
                    .getService(IContextService.class)
                    .getActiveContextIds()
                    .contains(ACTION_SET)));
            for (String command : BACKWARDS) {
                Workbench.await(command + " is enabled", () -> isEnabled(command));
            }
            String before = debugger.gdb("output/x $pc");
            click("reverseStepInto");
            Workbench.await(
                    "the machine goes back",
                    () -> debugger.isSuspended()
                            && !debugger.gdb("output/x $pc").equals(before));
            assertEquals("outer", debugger.top().getFunction());
        }
    }

    /** packetd is recorded into a file until it crashes; its cause is found in the file's replay, and a picture taken. */
    @Test
    void theCauseOfACrashIsFoundInARecording(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("packetd.retro");
        record(file);
        IWorkbenchPage page = Workbench.openDebugPerspective();
        try (Debugger debugger =
                launch(Map.of(LaunchSettings.KIND, LaunchSettings.RECORDING, LaunchSettings.FILE, file.toString()))) {
            Sessions.newest().orElseThrow().goTo("end").get();
            String crash = debugger.gdb("backtrace");
            assertTrue(crash.contains("on_crash"), crash); // all of it is in the file
            debugger.watch("inbox.loudest");
            debugger.reverseResume();
            String where = debugger.gdb("monitor status") + "\n" + debugger.gdb("info breakpoints");
            assertEquals("insw", debugger.top().getFunction(), where);
            assertTrue(debugger.gdb("backtrace").contains("ne2000_read_payload"));
            Workbench.await("the session is in the past", () -> {
                Place place = Sessions.newest().orElseThrow().place();
                return place.now().getAsLong() < place.end().getAsLong();
            });
            Workbench.await("the Debug view selects a frame", PerspectiveTest::frameIsSelected);
            Workbench.await("the source is shown", () -> Workbench.editorTitle().equals("port.h"));
            Workbench.showViews(
                    page, "org.eclipse.cdt.dsf.debug.ui.disassembly.view", IDebugUIConstants.ID_REGISTER_VIEW);
            Workbench.enlarge(page, IDebugUIConstants.ID_REGISTER_VIEW);
            Workbench.await("the group of system registers", () -> Workbench.expand("System Registers"));
            Workbench.await("the values of the system registers", () -> Workbench.isFilled("System Registers"));
            assertTrue(Files.size(Workbench.photograph("debug-perspective.png")) > 10_000);
            Workbench.showViews(page, "dev.retrovisor.recordedIo");
            Workbench.await("the rows of Recorded I/O", Workbench::hasRows);
            assertTrue(Files.size(Workbench.photograph("debug-recorded-io.png")) > 10_000);
        }
    }

    private static Debugger launch(Map<String, String> attributes) throws Exception {
        ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = manager.getLaunchConfigurationType(LaunchSettings.TYPE)
                .newInstance(null, manager.generateLaunchConfigurationName("packetd"));
        attributes.forEach(configuration::setAttribute);
        return Debugger.launch(configuration.doSave());
    }

    /** QEMU's user network may stop delivering on a busy host (docs/LIMITS.md, Link and bridge): then it is recorded anew. */
    private static void record(Path file) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!recordsACrash(file)) {
            assertTrue(System.nanoTime() < end, "packetd has not crashed within " + Stops.PATIENCE_SECONDS + " s");
            Files.delete(file);
        }
    }

    /** False: the guest gets no messages any more, though some are sent. */
    private static boolean recordsACrash(Path file) throws Exception {
        int port = Datagrams.freePort();
        Map<String, String> attributes = Map.of(
                LaunchSettings.GUEST,
                GuestDelegate.elf("packetd").toString(),
                LaunchSettings.STOPPED,
                "false",
                LaunchSettings.RECORD,
                LaunchSettings.TO_FILE,
                LaunchSettings.OUTPUT,
                file.toString(),
                LaunchSettings.OPTIONS,
                "-device ne2k_isa,netdev=n0,iobase=0x300,irq=10 -netdev user,id=n0,hostfwd=udp:127.0.0.1:" + port
                        + "-10.0.2.15:9000");
        boolean crashed;
        try (Debugger debugger = launch(attributes);
                Datagrams datagrams = Datagrams.to(port)) {
            IProcess process = debugger.launch.getProcesses()[0];
            Workbench.await("packetd is ready", () -> GuestWords.of(process).contains("packetd: ready"));
            crashed = crashes(process, datagrams);
        }
        Workbench.await("the session ends", () -> Sessions.active().isEmpty());
        return crashed;
    }

    /** Messages, ever more of them, until the guest crashes (true) or has not said for a while that it got more. */
    private static boolean crashes(IProcess process, Datagrams datagrams) throws Exception {
        List<MessageSender> senders = new ArrayList<>();
        try {
            long start = System.nanoTime();
            long since = start;
            String said = "";
            while (!said.contains("packetd: crash after")) {
                long now = System.nanoTime();
                if (now - start >= senders.size() * MORE_AFTER_NANOS) {
                    senders.add(new MessageSender(datagrams, MESSAGES_PER_SECOND, new Random()));
                }
                if (now - since > SILENCE_NANOS || now - start > PATIENCE_NANOS) {
                    return false;
                }
                Thread.sleep(50);
                if (!GuestWords.of(process).equals(said)) {
                    said = GuestWords.of(process);
                    since = now;
                }
            }
            assertTrue(senders.get(0).sent() > 0);
            return true;
        } finally {
            senders.forEach(MessageSender::close);
        }
    }
}
