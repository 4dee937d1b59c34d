// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.TimeTravel;
import java.math.BigInteger;
import java.util.concurrent.ExecutionException;
import org.eclipse.cdt.debug.core.model.ICBreakpointType;
import org.eclipse.cdt.dsf.datamodel.DMContexts;
import org.eclipse.cdt.dsf.debug.service.IDisassembly;
import org.eclipse.cdt.dsf.debug.service.IDisassembly.IDisassemblyDMContext;
import org.eclipse.cdt.dsf.debug.service.IInstruction;
import org.eclipse.cdt.dsf.debug.service.IProcesses;
import org.eclipse.cdt.dsf.debug.service.IRunControl.StepType;
import org.eclipse.cdt.dsf.debug.service.IStack.IFrameDMContext;
import org.eclipse.cdt.dsf.gdb.IGDBLaunchConfigurationConstants;
import org.eclipse.cdt.dsf.gdb.service.IGDBProcesses;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.model.IProcess;
import org.junit.jupiter.api.AfterEach;
import dev.retrovisor.eclipse.tests.TestLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sessions with CDT, gdb, and the monitor in QEMU: all of them real. */
@ExtendWith(TestLimit.class)
class DebugTest {
    @AfterEach
    void noBreakpointStays() throws Exception {
        Workbench.removeBreakpoints();
    }

    @Test
    void aBreakpointIsHitAndTheCpuHasAStack() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            assertEquals("inner", debugger.top().getFunction());
            IFrameDMContext[] frames = debugger.frames();
            assertTrue(frames.length >= 5 && frames.length <= 64, frames.length + " frames");
            assertEquals(address(debugger), debugger.gdb("output/x $pc"));
        }
    }

    @Test
    void aHardwareBreakpointIsHit() throws Exception {
        Workbench.breakAt("fact", ICBreakpointType.HARDWARE);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            assertEquals("fact", debugger.top().getFunction());
            assertTrue(debugger.gdb("info breakpoints").contains("hw breakpoint"));
        }
    }

    @Test
    void stepsGoForwardsAndBackwards() throws Exception {
        Workbench.breakAt("middle", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            String before = debugger.place();
            debugger.step(StepType.STEP_OVER);
            String after = debugger.place();
            assertNotEquals(before, after);
            debugger.reverseStep(StepType.STEP_OVER);
            assertEquals(before, debugger.place());
            String pc = debugger.gdb("output/x $pc");
            debugger.step(StepType.INSTRUCTION_STEP_INTO);
            assertNotEquals(pc, debugger.gdb("output/x $pc"));
            debugger.reverseStep(StepType.INSTRUCTION_STEP_INTO);
            assertEquals(pc, debugger.gdb("output/x $pc"));
        }
    }

    @Test
    void aWatchpointLeadsBackToTheWrite() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            debugger.step(StepType.STEP_RETURN);
            Workbench.removeBreakpoints();
            debugger.watch("watched");
            debugger.reverseResume();
            assertEquals("inner", debugger.top().getFunction());
        }
    }

    @Test
    void backwardsWithoutABreakpointIsTheBeginning() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            String first = address(debugger);
            debugger.resume();
            Workbench.removeBreakpoints();
            Workbench.await(
                    "gdb has none", () -> debugger.gdb("info breakpoints").startsWith("No breakpoints"));
            debugger.reverseResume();
            assertEquals(first, address(debugger));
        }
    }

    @Test
    void aJourneyIsShown() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            String first = address(debugger);
            debugger.resume();
            String crash = debugger.place();
            TimeTravel travel = debugger.launch.getAdapter(TimeTravel.class);
            assertEquals("0", travel.seek("begin").get());
            assertEquals(first, address(debugger));
            travel.seek("end").get();
            assertEquals(crash, debugger.place());
            ExecutionException refusal = assertThrows(
                    ExecutionException.class, () -> travel.seek("nowhere").get());
            assertTrue(refusal.getMessage().contains("'nowhere' is no instant"), refusal.getMessage());
        }
    }

    @Test
    void restartIsTheBeginning() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            String first = debugger.gdb("output/x $pc");
            debugger.resume();
            IGDBProcesses processes = debugger.service(IGDBProcesses.class);
            assertTrue(debugger.<Boolean>ask(answer -> processes.canRestart(debugger.machine(), answer)));
            debugger.restart();
            assertEquals(first, debugger.gdb("output/x $pc"));
            assertEquals(first, address(debugger));
        }
    }

    @Test
    void aRunningGuestIsSuspended() throws Exception {
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resumeWithoutEnd();
            Workbench.await("the guest runs", () -> !debugger.isSuspended());
            TimeTravel travel = debugger.launch.getAdapter(TimeTravel.class);
            ExecutionException refusal = assertThrows(
                    ExecutionException.class, () -> travel.seek("begin").get());
            assertTrue(refusal.getMessage().contains("suspend it first"), refusal.getMessage());
            debugger.suspend();
            assertTrue(debugger.isSuspended());
        }
    }

    @Test
    void codeIsDisassembled() throws Exception {
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger debugger = Debugger.launch("calls")) {
            debugger.resume();
            BigInteger pc = debugger.top().getAddress().getValue();
            IDisassemblyDMContext context = DMContexts.getAncestorOfType(debugger.cpu(), IDisassemblyDMContext.class);
            IInstruction[] code = debugger.ask(answer -> debugger.service(IDisassembly.class)
                    .getInstructions(context, pc, pc.add(BigInteger.valueOf(16)), answer));
            assertTrue(debugger.gdb("x/i $pc").contains(code[0].getInstruction().split("[\t ]")[0]));
            assertEquals("inner", code[0].getFuntionName());
        }
    }

    @Test
    void terminatingEndsQemuAndGdb() throws Exception {
        Debugger debugger = Debugger.launch("calls");
        ProcessHandle qemu = ProcessHandle.of(qemu(debugger)).orElseThrow();
        debugger.close();
        Workbench.await("QEMU ends", () -> !qemu.isAlive());
        for (IProcess process : debugger.launch.getProcesses()) {
            assertTrue(process.isTerminated(), process.getLabel());
        }
    }

    @Test
    void aGdbThatIsNotThereLeavesNothingBehind() throws Exception {
        String noGdb = "no-such-gdb";
        CoreException refusal = assertThrows(
                CoreException.class,
                () -> Debugger.launch(
                        "calls",
                        options -> options.setAttribute(IGDBLaunchConfigurationConstants.ATTR_DEBUG_NAME, noGdb)));
        assertTrue(refusal.getMessage().contains(noGdb), refusal.getMessage());
        Workbench.await("QEMU ends", () -> ProcessHandle.current().descendants().noneMatch(DebugTest::isQemu));
    }

    private static boolean isQemu(ProcessHandle process) {
        return process.info().command().orElse("").contains("qemu");
    }

    @Test
    void aDetachedGuestRunsOn() throws Exception {
        Debugger debugger = Debugger.launch("calls");
        long qemu = qemu(debugger);
        debugger.run(done -> debugger.service(IProcesses.class).detachDebuggerFromProcess(debugger.machine(), done));
        Workbench.await("gdb ends", () -> gdbHasEnded(debugger));
        Thread.sleep(2000);
        assertTrue(ProcessHandle.of(qemu).orElseThrow().isAlive());
        assertFalse(debugger.launch.isTerminated());
        debugger.close();
        Workbench.await(
                "QEMU ends",
                () -> !ProcessHandle.of(qemu).map(ProcessHandle::isAlive).orElse(false));
    }

    /** Of the top frame, as gdb's {@code output/x} would print it. */
    private static String address(Debugger debugger) throws Exception {
        return "0x" + debugger.top().getAddress().getValue().toString(16);
    }

    private static long qemu(Debugger debugger) {
        for (IProcess process : debugger.launch.getProcesses()) {
            if (process instanceof SessionProcess session) {
                return session.qemu();
            }
        }
        throw new AssertionError("the launch has no session");
    }

    private static boolean gdbHasEnded(Debugger debugger) {
        for (IProcess process : debugger.launch.getProcesses()) {
            if (!(process instanceof SessionProcess) && !process.isTerminated()) {
                return false;
            }
        }
        return true;
    }
}
