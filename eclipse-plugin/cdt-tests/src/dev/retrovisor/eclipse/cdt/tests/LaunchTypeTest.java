// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import org.eclipse.cdt.dsf.debug.service.IRunControl.StepType;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.junit.jupiter.api.Test;

/** The launch configuration type <em>OS under Retrovisor</em> with CDT in the Eclipse. */
class LaunchTypeTest {
    @Test
    void theLaunchIsCdtsAndTheSessionFollows() throws Exception {
        ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = manager.getLaunchConfigurationType(LaunchSettings.TYPE)
                .newInstance(null, manager.generateLaunchConfigurationName("calls"));
        configuration.setAttribute(
                LaunchSettings.GUEST, GuestDelegate.elf("calls").toString());
        try (Debugger debugger = Debugger.launch(configuration.doSave())) {
            Session session = Sessions.newest().orElseThrow();
            String first = debugger.gdb("output/x $pc");
            debugger.step(StepType.INSTRUCTION_STEP_INTO);
            debugger.step(StepType.INSTRUCTION_STEP_INTO);
            Workbench.await(
                    "the session has seen the steps", () -> session.instant().getAsLong() == 2);
            assertEquals(debugger.gdb("output/x $pc"), rip(session));
            assertEquals(0, session.goTo("begin").get());
            assertEquals(first, debugger.gdb("output/x $pc"));
            assertEquals(first, rip(session));
            assertEquals(0, session.instant().getAsLong());
        }
        Workbench.await("the session ends", () -> Sessions.active().isEmpty());
        Workbench.await("QEMU ends", () -> ProcessHandle.current()
                .descendants()
                .noneMatch(one -> one.info().command().orElse("").contains("qemu")));
        assertTrue(configuration.exists());
    }

    /** As gdb's {@code output/x} would print it. */
    private static String rip(Session session) throws Exception {
        String value = session.registers().get().stream()
                .filter(register -> register.name().equals("rip"))
                .map(Register::value)
                .findFirst()
                .orElseThrow();
        return "0x" + Long.toHexString(Long.parseUnsignedLong(value.substring(2), 16));
    }
}
