// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.Settings;
import java.util.Optional;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.preference.FieldEditorPreferencePage;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.eclipse.ui.preferences.ScopedPreferenceStore;

/** The preference page <em>Retrovisor</em>. */
public final class SettingsPage extends FieldEditorPreferencePage implements IWorkbenchPreferencePage {
    public static final String ID = "dev.retrovisor.settings";

    public SettingsPage() {
        super(GRID);
        ScopedPreferenceStore store = new ScopedPreferenceStore(InstanceScope.INSTANCE, Settings.NODE);
        store.setDefault(Settings.QEMU, Settings.DEFAULT_QEMU);
        store.setDefault(Settings.MONITOR, Settings.defaultMonitor());
        store.setDefault(Settings.RECORDINGS, Settings.defaultRecordings());
        setPreferenceStore(store);
        setDescription("For all launches of Retrovisor.");
    }

    @Override
    protected void createFieldEditors() {
        addField(new CheckedField(Settings.QEMU, "&QEMU:", Settings::whatIsWrongWith, getFieldEditorParent()));
        addField(new CheckedField(
                Settings.GDB,
                "&gdb (with CDT; empty: CDT's own):",
                program -> program.isEmpty() ? Optional.empty() : Settings.whatIsWrongWith(program),
                getFieldEditorParent()));
        addField(new CheckedField(
                Settings.MONITOR, "&Monitor's image:", Settings::whatIsWrongWithImage, getFieldEditorParent()));
        addField(new CheckedFolder(
                Settings.RECORDINGS,
                "Folder of &recordings:",
                Settings::whatIsWrongWithFolder,
                getFieldEditorParent()));
    }

    @Override
    public void init(IWorkbench workbench) {
        // the store is all that is needed
    }
}
