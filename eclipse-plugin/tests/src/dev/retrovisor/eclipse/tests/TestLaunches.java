// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.eclipse.ui.console.TextConsole;

/** Launches of a real monitor in QEMU, for tests; and that nothing of them stays. */
final class TestLaunches {
    static final Path HOME = Path.of(System.getProperty("retrovisor.home"));
    static final Path TICKS = HOME.resolve("stub-monitor/build/guests/ticks.elf");
    static final Path HELLO = HOME.resolve("stub-monitor/build/guests/hello.elf");

    private static final ILaunchManager MANAGER = DebugPlugin.getDefault().getLaunchManager();

    private TestLaunches() {}

    /** No question about perspectives, and nothing that covers a view; errors are shown, which a workbench that is tested does not do. */
    static void askNothing() {
        for (String key : List.of("switch_to_perspective", "switch_perspective_on_suspend")) {
            InstanceScope.INSTANCE.getNode("org.eclipse.debug.ui").put("org.eclipse.debug.ui." + key, "never");
        }
        for (String key : List.of("DEBUG.consoleOpenOnOut", "DEBUG.consoleOpenOnErr")) {
            InstanceScope.INSTANCE.getNode("org.eclipse.debug.ui").put(key, "false");
        }
        DebugUITools.getPreferenceStore().setValue("org.eclipse.debug.ui.switch_perspective_on_suspend", "never");
        DebugUITools.getPreferenceStore().setValue("org.eclipse.debug.ui.activate_debug_view", false);
        ErrorDialog.AUTOMATED_MODE = false;
    }

    /** Ends all launches; fails if something of them is left. */
    static void endAll() throws Exception {
        for (ILaunch launch : MANAGER.getLaunches()) {
            if (launch.canTerminate()) {
                launch.terminate();
            }
        }
        Widgets.await(
                () -> "launches end", () -> Arrays.stream(MANAGER.getLaunches()).allMatch(ILaunch::isTerminated));
        MANAGER.removeLaunches(MANAGER.getLaunches());
        for (ILaunchConfiguration configuration : MANAGER.getLaunchConfigurations()) {
            configuration.delete();
        }
        assertEquals(List.of(), Sessions.active());
        assertFalse(qemuRuns());
    }

    static boolean qemuRuns() {
        return ProcessHandle.current()
                .descendants()
                .anyMatch(process -> process.info().command().orElse("").contains("qemu"));
    }

    static ILaunchConfiguration configuration(String name, Map<String, String> attributes) throws Exception {
        ILaunchConfigurationWorkingCopy made =
                MANAGER.getLaunchConfigurationType(LaunchSettings.TYPE).newInstance(null, name);
        attributes.forEach(made::setAttribute);
        return made.doSave();
    }

    static Session launched(ILaunchConfiguration configuration) throws Exception {
        configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor());
        return Sessions.newest().orElseThrow();
    }

    /** A guest, recorded into a file for that many instants at least, and suspended there. */
    static Session recorded(Path guest, Path file, long instants) throws Exception {
        Session session = launched(configuration(
                "record " + file.getFileName(),
                Map.of(
                        LaunchSettings.GUEST, guest.toString(),
                        LaunchSettings.RECORD, LaunchSettings.TO_FILE,
                        LaunchSettings.OUTPUT, file.toString())));
        Widgets.await(() -> "instants: " + session.instant(), () -> {
            session.resume();
            Widgets.live(300);
            session.suspend();
            stands(session);
            return session.instant().orElse(0) >= instants;
        });
        return session;
    }

    /** A replay, launched as a shortcut does. */
    static Session replayed(Path file) {
        Launches.debug(file);
        Widgets.await(() -> "the replay", () -> Sessions.newest().isPresent());
        return Sessions.newest().orElseThrow();
    }

    static void stands(Session session) {
        Widgets.await(() -> "stands: " + session.state(), () -> session.state() != SessionState.RUNNING);
    }

    static String said(IProcess process) {
        return DebugUITools.getConsole(process) instanceof TextConsole console
                ? console.getDocument().get()
                : "";
    }
}
