// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.demo.Demo;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.qemu.MonitorLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.eclipse.cdt.debug.core.CDIDebugModel;
import org.eclipse.cdt.debug.core.model.ICBreakpointType;
import org.eclipse.cdt.dsf.debug.service.IStack.IFrameDMContext;
import org.eclipse.cdt.dsf.ui.viewmodel.datamodel.IDMVMContext;
import org.eclipse.core.commands.Command;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.contexts.IContextService;
import org.eclipse.ui.handlers.IHandlerService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Debug perspective during a session, as the user sees it. */
class PerspectiveTest {
    private static final String ACTION_SET = "org.eclipse.cdt.debug.ui.reverseDebuggingActionSet";
    private static final String COMMAND = "org.eclipse.cdt.debug.ui.command.";
    private static final List<String> BACKWARDS =
            List.of("reverseResume", "reverseStepInto", "reverseStepOver", "uncall", "reverseToggle");

    @AfterEach
    void noBreakpointStays() throws Exception {
        Workbench.removeBreakpoints();
    }

    private static boolean frameIsSelected() throws Exception {
        return Workbench.ui(() -> DebugUITools.getDebugContext() instanceof IDMVMContext selected
                && selected.getDMContext() instanceof IFrameDMContext);
    }

    private static String editorTitle() throws Exception {
        return Workbench.ui(() -> {
            IEditorPart editor = Workbench.window().getActivePage().getActiveEditor();
            return editor == null ? "" : editor.getTitle();
        });
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
        CDIDebugModel.createFunctionBreakpoint(
                GuestDelegate.HOME.resolve("stub-monitor/guests/calls.c").toString(),
                Workbench.root(),
                ICBreakpointType.REGULAR,
                "middle",
                -1,
                -1,
                -1,
                true,
                0,
                "",
                true);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            Workbench.await("the Debug view selects a frame", PerspectiveTest::frameIsSelected);
            Workbench.await("the source is shown", () -> editorTitle().equals("calls.c"));
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

    /** Finds the cause of packetd's crash in the past, and takes a picture of it. */
    @Test
    void theCauseOfACrashIsShown() throws Exception {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        Demo demo = new Demo(GuestDelegate.HOME, MonitorLink.VIRTIO, out, (what, soFar) -> {});
        demo.run(LinkListener.onLoopback(0), (elf, port) -> {
            try {
                showTheCause(port);
            } catch (IOException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void showTheCause(int port) throws Exception {
        IWorkbenchPage page = Workbench.openDebugPerspective();
        Workbench.showViews(page, IDebugUIConstants.ID_REGISTER_VIEW, "org.eclipse.cdt.dsf.debug.ui.disassembly.view");
        CDIDebugModel.createWatchpoint("", Workbench.root(), true, false, "inbox.loudest", true, 0, "", true);
        try (Debugger debugger =
                Debugger.launch("packetd", options -> options.setAttribute(GuestDelegate.PORT, port))) {
            Workbench.await("gdb has the watchpoint", () -> debugger.gdb("info breakpoints")
                    .contains("watchpoint"));
            debugger.reverseResume();
            assertEquals("insw", debugger.top().getFunction());
            assertTrue(debugger.gdb("backtrace").contains("ne2000_read_payload"));
            assertTrue(debugger.gdb("monitor status").contains("in the past"));
            Workbench.await("the Debug view selects a frame", PerspectiveTest::frameIsSelected);
            Workbench.await("the source is shown", () -> editorTitle().equals("port.h"));
            Thread.sleep(3000); // the views fill
            assertTrue(Files.size(Workbench.photograph("debug-perspective.png")) > 10_000);
        }
    }
}
