// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Launches in a workbench that asks nothing; after each test none is left, and no QEMU of theirs. */
final class Launching implements BeforeEachCallback, AfterEachCallback {
    private final ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();

    @Override
    public void beforeEach(ExtensionContext test) {
        for (String key : List.of("switch_to_perspective", "switch_perspective_on_suspend")) {
            InstanceScope.INSTANCE.getNode("org.eclipse.debug.ui").put("org.eclipse.debug.ui." + key, "never");
        }
        for (String key : List.of("DEBUG.consoleOpenOnOut", "DEBUG.consoleOpenOnErr")) {
            InstanceScope.INSTANCE.getNode("org.eclipse.debug.ui").put(key, "false"); // it would cover the view
        }
        ErrorDialog.AUTOMATED_MODE = false; // a workbench that is tested shows no errors
    }

    @Override
    public void afterEach(ExtensionContext test) throws CoreException {
        end();
        assertFalse(qemuRuns());
    }

    /** Ends all launches, and waits for it. */
    void end() throws CoreException {
        for (ILaunch launch : manager.getLaunches()) {
            terminate(launch);
        }
        Widgets.await(
                () -> "launches end", () -> Arrays.stream(manager.getLaunches()).allMatch(ILaunch::isTerminated));
        manager.removeLaunches(manager.getLaunches());
        for (ILaunchConfiguration configuration : manager.getLaunchConfigurations()) {
            configuration.delete();
        }
        assertEquals(List.of(), Sessions.active());
    }

    private static void terminate(ILaunch launch) throws DebugException {
        if (launch.canTerminate()) {
            launch.terminate();
        }
    }

    static boolean qemuRuns() {
        return ProcessHandle.current()
                .descendants()
                .anyMatch(process -> process.info().command().orElse("").contains("qemu"));
    }

    ILaunchConfiguration configuration(String name, Map<String, String> attributes) throws CoreException {
        ILaunchConfigurationWorkingCopy made =
                manager.getLaunchConfigurationType(LaunchSettings.TYPE).newInstance(null, name);
        attributes.forEach(made::setAttribute);
        return made.doSave();
    }

    Session launched(ILaunchConfiguration configuration) throws CoreException {
        configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor());
        return Sessions.newest().orElseThrow();
    }

    /** The instruction pointer, by its 64-bit name or the shorter one, in hexadecimal without leading zeros. */
    static String rip(Session session) throws Exception {
        String value = session.registers().get().stream()
                .filter(register -> List.of("rip", "eip").contains(register.name()))
                .map(Register::value)
                .findFirst()
                .orElseThrow();
        return new BigInteger(value.substring(2), 16).toString(16);
    }
}
