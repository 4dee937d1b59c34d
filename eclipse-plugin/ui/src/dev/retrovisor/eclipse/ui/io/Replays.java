// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.nio.file.Path;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfigurationType;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.ui.statushandlers.StatusManager;

/** Starts a replay of a recording, as a launch that needs nothing but the file. */
final class Replays {
    private static final String TYPE = "dev.retrovisor.launch";

    private Replays() {}

    private static ILaunchConfigurationType type() {
        return DebugPlugin.getDefault().getLaunchManager().getLaunchConfigurationType(TYPE);
    }

    /** Whether replays can be started in this Eclipse. */
    static boolean arePossible() {
        return type() != null;
    }

    static void start(Path file) {
        try {
            ILaunchConfigurationWorkingCopy launch = type().newInstance(null, "Replay of " + file.getFileName());
            launch.setAttribute("dev.retrovisor.kind", "recording");
            launch.setAttribute("dev.retrovisor.file", file.toString());
            DebugUITools.launch(launch, ILaunchManager.DEBUG_MODE);
        } catch (CoreException e) {
            StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
        }
    }
}
