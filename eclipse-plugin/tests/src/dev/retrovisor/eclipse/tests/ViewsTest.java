// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.ui.RecordingsView;
import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The views in a real workbench, and the store as a bundle. */
@ExtendWith(TestLimit.class)
class ViewsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void recordingsOfAFolderAreListedAndBrokenFilesSaySo(@TempDir Path folder) throws Exception {
        record(folder.resolve("a.retro"), "/somewhere/kernel.elf", 4711);
        Files.writeString(folder.resolve("b.retro"), "no database");
        Files.writeString(folder.resolve("c.txt"), "something else");
        RecordingsView view = (RecordingsView) PlatformUI.getWorkbench()
                .getActiveWorkbenchWindow()
                .getActivePage()
                .showView(RecordingsView.ID);
        view.show(folder);
        Table table = ((TableViewer) view.getSite().getSelectionProvider()).getTable();
        await(table, 2);
        assertEquals("a.retro", table.getItem(0).getText(0));
        assertEquals("kernel.elf", table.getItem(0).getText(1));
        assertEquals("@4711", table.getItem(0).getText(3));
        assertEquals("whole", table.getItem(0).getText(5));
        assertEquals("b.retro", table.getItem(1).getText(0));
        assertEquals(
                List.of("b.retro", "", "1", "", ""),
                Widgets.texts(table.getItem(1)).subList(0, 5));
        assertTrue(
                table.getItem(1).getText(5).startsWith("is no recording"),
                table.getItem(1).getText(5));
        view.show(folder.resolve("none"));
        await(table, 0);
    }

    private static void record(Path file, String guest, long end) throws RecordingException {
        Recordings.registerDriver();
        try (RecordingWriter writer = RecordingWriter.create(file)) {
            writer.describe("guest", guest);
            writer.begin(
                    new Machine(List.of("monitor 0.1.0")), new Base(0, 0, List.of(0L, 0L, 0L, 0L, 0L), new byte[1344]));
            writer.endPages();
            writer.reached(0, end);
            writer.finish();
        }
    }

    private static void await(Table table, int rows) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Display display = table.getDisplay();
        display.timerExec((int) PATIENCE.toMillis(), () -> {}); // wakes the loop below at the latest
        while (table.getItemCount() != rows && System.nanoTime() < end) {
            if (!display.readAndDispatch()) {
                display.sleep();
            }
        }
        assertEquals(rows, table.getItemCount());
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
