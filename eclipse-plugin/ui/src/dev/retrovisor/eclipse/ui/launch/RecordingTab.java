// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import java.util.Optional;
import org.eclipse.swt.SWT;

/** Whether and where it is recorded: of a QEMU that is started here. */
public final class RecordingTab extends SettingsTab {
    @Override
    public String getName() {
        return "Recording";
    }

    @Override
    void fill() {
        choice(
                LaunchSettings.RECORD,
                "Record",
                choices(
                        LaunchSettings.TO_FILE, "from the first instruction, into a file",
                        LaunchSettings.IN_MEMORY, "from the first instruction, in memory",
                        LaunchSettings.OFF, "on demand (monitor record on)"),
                RecordingTab::records);
        text(LaunchSettings.LOG, "Memory for the log (MB, 0: automatic)", RecordingTab::records);
        file(
                LaunchSettings.OUTPUT,
                "File, or folder of new files",
                SWT.SAVE,
                settings ->
                        records(settings) && settings.get(LaunchSettings.RECORD).equals(LaunchSettings.TO_FILE));
    }

    private static boolean records(LaunchSettings settings) {
        return settings.startsQemu() && !settings.isReplay();
    }

    @Override
    Optional<String> complaint(LaunchSettings settings) {
        return settings.recordingComplaint();
    }
}
