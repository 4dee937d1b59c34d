// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import java.util.Optional;
import org.eclipse.swt.SWT;

/** What is debugged. */
public final class MainTab extends SettingsTab {
    @Override
    public String getName() {
        return "Main";
    }

    @Override
    void fill() {
        choice(
                LaunchSettings.KIND,
                "Debug",
                choices(
                        LaunchSettings.ELF, "a kernel (ELF, Multiboot 1)",
                        LaunchSettings.LINUX, "a Linux kernel (bzImage)",
                        LaunchSettings.BOOTED, "what a BIOS boots from a disk or CD",
                        LaunchSettings.RECORDING, "a recording (.retro)"),
                settings -> true);
        file(LaunchSettings.GUEST, "Kernel (ELF)", SWT.OPEN, settings -> is(settings, LaunchSettings.ELF));
        file(LaunchSettings.KERNEL, "Linux kernel", SWT.OPEN, settings -> is(settings, LaunchSettings.LINUX));
        file(LaunchSettings.INITRD, "Initial RAM disk", SWT.OPEN, settings -> is(settings, LaunchSettings.LINUX));
        text(LaunchSettings.APPEND, "Command line", MainTab::takesCommandLine);
        file(LaunchSettings.DISK, "Disk image (written to)", SWT.OPEN, settings -> is(settings, LaunchSettings.BOOTED));
        file(LaunchSettings.CDROM, "CD image", SWT.OPEN, settings -> is(settings, LaunchSettings.BOOTED));
        file(LaunchSettings.FILE, "Recording", SWT.OPEN, LaunchSettings::isReplay);
        file(LaunchSettings.SYMBOLS, "Other file with symbols", SWT.OPEN, settings -> true);
        box(LaunchSettings.STOPPED, "Stop at the first instruction", settings -> !settings.isReplay());
    }

    private static boolean takesCommandLine(LaunchSettings settings) {
        return settings.startsQemu() && !settings.isReplay() && !is(settings, LaunchSettings.BOOTED);
    }

    private static boolean is(LaunchSettings settings, String kind) {
        return settings.get(LaunchSettings.KIND).equals(kind);
    }

    @Override
    Optional<String> complaint(LaunchSettings settings) {
        return settings.mainComplaint();
    }
}
