// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.debug.ui.DebugUITools;

/** Guests of a real monitor in QEMU that are recorded and replayed by launches. */
final class TestLaunches {
    static final Path HOME = Path.of(System.getProperty("retrovisor.home"));
    static final Path TICKS = HOME.resolve("stub-monitor/build/guests/ticks.elf");

    private TestLaunches() {}

    /** A guest, recorded into a file for that many instants at least, and suspended there. */
    static Session recorded(Launching launching, Path guest, Path file, long instants) throws Exception {
        DebugUITools.getPreferenceStore().setValue("org.eclipse.debug.ui.activate_debug_view", false); // covers others
        Session session = launching.launched(launching.configuration(
                "record " + file.getFileName(),
                Map.of(
                        LaunchSettings.GUEST, guest.toString(),
                        LaunchSettings.RECORD, LaunchSettings.TO_FILE,
                        LaunchSettings.OUTPUT, file.toString())));
        Widgets.await(() -> "instants: " + session.instant(), () -> {
            session.resume();
            Widgets.live(300);
            session.suspend();
            Widgets.await(() -> "stands: " + session.state(), () -> session.state() != SessionState.RUNNING);
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
}
