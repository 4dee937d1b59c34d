// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.store.query.Note;
import java.util.List;
import java.util.function.LongConsumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/** The notes in a recording: bookmarks. A double-click goes there. */
final class NotesPane {
    private final Table table;
    private List<Note> notes = List.of();

    NotesPane(Composite parent, LongConsumer chosen) {
        table = new Table(parent, SWT.FULL_SELECTION | SWT.SINGLE | SWT.BORDER);
        table.setHeaderVisible(true);
        column("Bookmark", 110);
        column("Note", 220);
        table.addListener(
                SWT.DefaultSelection,
                event -> chosen.accept(notes.get(table.getSelectionIndex()).instant()));
    }

    private void column(String title, int pixels) {
        TableColumn column = new TableColumn(table, SWT.NONE);
        column.setText(title);
        column.setWidth(pixels);
    }

    void show(List<Note> all) {
        notes = List.copyOf(all);
        table.removeAll();
        for (Note note : notes) {
            new TableItem(table, SWT.NONE).setText(new String[] {"@" + note.instant(), note.text()});
        }
    }
}
