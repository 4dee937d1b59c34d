// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.part.ViewPart;

/** A place for the recordings in a folder; it shows none yet. */
public final class RecordingsView extends ViewPart {
    public static final String ID = "dev.retrovisor.recordings";

    private Table table;

    @Override
    public void createPartControl(Composite parent) {
        table = new Table(parent, SWT.FULL_SELECTION);
    }

    @Override
    public void setFocus() {
        table.setFocus();
    }
}
