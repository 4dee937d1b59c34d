// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.ui.statushandlers.StatusManager;

/** Launches without the dialog: a file is debugged by the configuration that names it, or by a new one. */
public final class Launches {
    private Launches() {}

    /** A kernel, a recording, or the image of a disk or CD: by its name. Any trouble is shown. */
    public static void debug(Path file) {
        try {
            DebugUITools.launch(configuration(attributes(file)), ILaunchManager.DEBUG_MODE);
        } catch (CoreException e) {
            StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
        }
    }

    /** A new configuration that records into new files of a folder. */
    public static ILaunchConfiguration recordingInto(Path folder) throws CoreException {
        ILaunchConfigurationWorkingCopy made = manager()
                .getLaunchConfigurationType(LaunchSettings.TYPE)
                .newInstance(null, manager().generateLaunchConfigurationName("recording"));
        if (!folder.equals(Settings.recordings())) { // what equals its default is not kept in a configuration
            made.setAttribute(LaunchSettings.OUTPUT, folder.toString());
        }
        return made.doSave();
    }

    /** The launch that writes a recording. */
    public static Optional<ILaunch> writing(Path file) {
        return Arrays.stream(manager().getLaunches())
                .filter(launch -> !launch.isTerminated())
                .filter(launch -> file.toString().equals(launch.getAttribute(LaunchSettings.WRITTEN)))
                .findFirst();
    }

    private static ILaunchManager manager() {
        return DebugPlugin.getDefault().getLaunchManager();
    }

    private static Map<String, String> attributes(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".retro")) {
            return Map.of(LaunchSettings.KIND, LaunchSettings.RECORDING, LaunchSettings.FILE, file.toString());
        }
        if (name.endsWith(".iso")) {
            return Map.of(LaunchSettings.KIND, LaunchSettings.BOOTED, LaunchSettings.CDROM, file.toString());
        }
        if (name.endsWith(".img") || name.endsWith(".qcow2")) {
            return Map.of(LaunchSettings.KIND, LaunchSettings.BOOTED, LaunchSettings.DISK, file.toString());
        }
        return name.startsWith("vmlinuz") || name.startsWith("bzImage")
                ? Map.of(LaunchSettings.KIND, LaunchSettings.LINUX, LaunchSettings.KERNEL, file.toString())
                : Map.of(LaunchSettings.GUEST, file.toString());
    }

    private static ILaunchConfiguration configuration(Map<String, String> attributes) throws CoreException {
        ILaunchManager manager = manager();
        var type = manager.getLaunchConfigurationType(LaunchSettings.TYPE);
        for (ILaunchConfiguration known : manager.getLaunchConfigurations(type)) {
            LaunchSettings settings = LaunchSettings.of(known);
            if (settings.attributes().entrySet().containsAll(attributes.entrySet())) {
                return known;
            }
        }
        String name = new LaunchSettings(new TreeMap<>(attributes)).name();
        ILaunchConfigurationWorkingCopy made = type.newInstance(null, manager.generateLaunchConfigurationName(name));
        attributes.forEach(made::setAttribute);
        return made.doSave();
    }
}
