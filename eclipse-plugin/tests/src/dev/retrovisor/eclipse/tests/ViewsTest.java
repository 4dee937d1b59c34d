// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.ui.RecordingsView;
import dev.retrovisor.store.format.RecordingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views open in a real workbench, and the store works as a bundle. */
class ViewsTest {
    @Test
    void recordingsOpens() throws Exception {
        var page = PlatformUI.getWorkbench().getActiveWorkbenchWindow().getActivePage();
        assertEquals("Recordings", page.showView(RecordingsView.ID).getTitle());
    }

    @Test
    void aFileThatIsNoRecordingIsRefused(@TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(folder.resolve("no.retro"), "this is no database, but it is long enough".repeat(30));
        RecordingException refusal = assertThrows(
                RecordingException.class, () -> Recordings.open(file).close());
        assertEquals(true, refusal.getMessage().contains("no.retro"), refusal.getMessage());
    }
}
