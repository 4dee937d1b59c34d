// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.ui.SettingsPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.preference.PreferenceDialog;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The preference page refuses what cannot be used, and says what is expected. */
@ExtendWith(TestLimit.class)
class SettingsPageTest {
    private static final int QEMU = 0;
    private static final int GDB = 1;
    private static final int MONITOR = 2;
    private static final int RECORDINGS = 3;

    @TempDir
    private Path folder;

    private PreferenceDialog dialog;
    private SettingsPage page;
    private List<Text> fields;

    @BeforeEach
    void open() {
        dialog = PreferencesUtil.createPreferenceDialogOn(
                Widgets.page().getWorkbenchWindow().getShell(), SettingsPage.ID, null, null);
        dialog.setBlockOnOpen(false);
        dialog.open();
        page = (SettingsPage) dialog.getSelectedPage();
        fields = Widgets.under((Composite) page.getControl(), Text.class);
    }

    @AfterEach
    void close() throws Exception {
        dialog.close();
        InstanceScope.INSTANCE.getNode(Settings.NODE).clear();
    }

    private void refuses(int field, String text, String message) {
        String before = fields.get(field).getText();
        fields.get(field).setText(text);
        assertEquals(message, page.getErrorMessage());
        assertFalse(page.isValid());
        fields.get(field).setText(before);
        assertNull(page.getErrorMessage());
        assertTrue(page.isValid());
    }

    @Test
    void wrongPathsAreRefusedWithWhatIsExpected() throws Exception {
        assertEquals(4, fields.size());
        assertTrue(page.isValid(), page.getErrorMessage());
        String none = folder.resolve("none").toString();
        String text = Files.writeString(folder.resolve("text"), "no program").toString();
        String program = " (expected: an executable file, or a name in PATH)";
        refuses(QEMU, "", "a program is missing" + program);
        refuses(QEMU, none, none + ": no program is there" + program);
        refuses(QEMU, text, text + ": no program is there" + program);
        refuses(QEMU, folder.toString(), folder + ": no program is there" + program);
        refuses(
                GDB,
                "gdb-of-nobody",
                "gdb-of-nobody: no such program in PATH (expected: a name in PATH, or an absolute path)");
        String image = " (expected: the monitor's image, stub-monitor/build/monitor.bin)";
        refuses(MONITOR, "", "no image is named" + image);
        refuses(MONITOR, none, none + ": no file that can be read is there" + image);
        refuses(RECORDINGS, text, text + ": is a file (expected: a folder, or a path where one can be made)");
        refuses(
                RECORDINGS,
                "here",
                "here: is no absolute path (expected: such as " + Settings.defaultRecordings() + ")");
    }

    @Test
    void whatIsGoodIsKept() throws Exception {
        String monitor = Files.writeString(folder.resolve("monitor.bin"), "").toString();
        fields.get(MONITOR).setText(monitor);
        fields.get(RECORDINGS).setText(folder.toString());
        fields.get(GDB).setText("");
        assertTrue(page.performOk());
        assertEquals(monitor, Settings.monitor());
        assertEquals(folder, Settings.recordings());
        assertTrue(Settings.gdb().isEmpty());
    }
}
