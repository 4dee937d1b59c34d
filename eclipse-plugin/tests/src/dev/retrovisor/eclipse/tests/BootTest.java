// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.IProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Launches of what a BIOS boots: from a disk that was chosen in the tabs, and from a CD by the shortcut. */
@ExtendWith(TestLimit.class)
class BootTest {
    private static final Path BUILD = Path.of(System.getProperty("retrovisor.home"), "stub-monitor/build/guests");
    private static final String BOOT_SECTOR = "7c00";

    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    Path folder;

    @Test
    void aDiskStandsAtItsBootSectorAndRuns() throws Exception {
        Path disk = Files.copy(BUILD.resolve("bootdisk.img"), folder.resolve("boot.img"));
        LaunchDialog dialog = new LaunchDialog(launching.configuration("disk", Map.of()));
        dialog.open(() -> {
            assertTrue(dialog.shows(LaunchSettings.GUEST) && !dialog.shows(LaunchSettings.DISK));
            dialog.choose("Main", LaunchSettings.KIND, "what a BIOS boots from a disk or CD");
            dialog.awaitText("Choose the image of the disk or of the CD");
            assertTrue(dialog.shows(LaunchSettings.DISK) && !dialog.shows(LaunchSettings.GUEST));
            dialog.fill("Main", LaunchSettings.DISK, folder.resolve("none.img").toString());
            dialog.awaitText("none.img: not there");
            dialog.fill("Main", LaunchSettings.DISK, disk.toString());
            dialog.photograph("launch-disk.png");
            dialog.press("Debug");
        });
        Session session = stands();
        assertEquals(BOOT_SECTOR, Launching.rip(session));
        session.step().get();
        assertEquals(1, session.instant().getAsLong());
        session.reverseStep().get();
        assertEquals(BOOT_SECTOR, Launching.rip(session));
        session.goTo("end").get();
        session.resume();
        IProcess process = DebugPlugin.getDefault().getLaunchManager().getProcesses()[0];
        Widgets.await(() -> "the disk's words: " + GuestWords.of(process), () -> GuestWords.of(process)
                .contains("bootdisk: done "));
    }

    private static Session stands() {
        Widgets.await(() -> "a session", () -> Sessions.newest().isPresent());
        Session session = Sessions.newest().orElseThrow();
        Widgets.await(() -> "stands: " + session.state(), () -> session.state().isStopped());
        return session;
    }

    /** Its boot image is the same sector, which finds no disk there; that it begins is enough. */
    @Test
    void aCdStandsAtItsBootImage() throws Exception {
        Path image = folder.resolve("root/boot.img");
        Files.createDirectory(image.getParent());
        Files.copy(BUILD.resolve("bootdisk.img"), image);
        Path iso = folder.resolve("boot.iso");
        Process xorriso = new ProcessBuilder(
                        "xorriso",
                        "-as",
                        "mkisofs",
                        "-b",
                        "boot.img",
                        "-no-emul-boot",
                        "-boot-load-size",
                        "4",
                        "-o",
                        iso.toString(),
                        image.getParent().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("xorriso.log").toFile())
                .start();
        assertEquals(0, xorriso.waitFor(), () -> folder.resolve("xorriso.log").toString());
        Launches.debug(iso);
        assertEquals(BOOT_SECTOR, Launching.rip(stands()));
    }
}
