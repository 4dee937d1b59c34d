// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.launch.SerialPorts;
import java.util.List;
import java.util.Optional;
import org.eclipse.swt.SWT;

/** Where it runs. A recording is always replayed in QEMU. */
public final class TargetTab extends SettingsTab {
    private static final List<String> SPEEDS = List.of("9600", "57600", "115200", "230400", "460800", "921600");

    @Override
    public String getName() {
        return "Target";
    }

    @Override
    void fill() {
        choice(
                LaunchSettings.TARGET,
                "Target",
                choices(
                        LaunchSettings.QEMU, "QEMU, started here",
                        LaunchSettings.TCP, "a monitor that runs already, by TCP",
                        LaunchSettings.SERIAL, "a monitor that runs already, by serial line"),
                settings -> !settings.isReplay());
        file(LaunchSettings.PROGRAM, "QEMU", SWT.OPEN, LaunchSettings::startsQemu);
        file(LaunchSettings.MONITOR, "Monitor image", SWT.OPEN, LaunchSettings::startsQemu);
        text(LaunchSettings.MEMORY, "Memory (MB)", settings -> settings.startsQemu() && !settings.isReplay());
        text(LaunchSettings.OPTIONS, "More options for QEMU", LaunchSettings::startsQemu);
        text(LaunchSettings.ADDRESS, "Address (HOST:PORT)", settings -> isAt(settings, LaunchSettings.TCP));
        offer(
                LaunchSettings.DEVICE,
                "Serial port",
                SerialPorts.all(),
                settings -> isAt(settings, LaunchSettings.SERIAL));
        offer(LaunchSettings.BAUD, "Speed (bits/s)", SPEEDS, settings -> isAt(settings, LaunchSettings.SERIAL));
    }

    private static boolean isAt(LaunchSettings settings, String target) {
        return !settings.startsQemu() && settings.get(LaunchSettings.TARGET).equals(target);
    }

    @Override
    Optional<String> complaint(LaunchSettings settings) {
        return settings.targetComplaint();
    }
}
