// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.Settings;
import java.nio.file.Path;

/** What holds where a launch configuration says nothing. */
final class Defaults {
    private Defaults() {}

    static String qemu() {
        return Settings.qemu();
    }

    /** The monitor's image beside the program that has started this Eclipse; else empty. */
    static String monitor() {
        String home = System.getProperty("retrovisor.home", "");
        return home.isEmpty()
                ? ""
                : Path.of(home, "stub-monitor/build/monitor.bin").toString();
    }
}
