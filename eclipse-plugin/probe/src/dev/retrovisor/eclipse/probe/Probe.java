// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.core.filesystem.EFS;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IViewReference;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.ide.IDE;

/**
 * Opens the file named by the property {@code retrovisor.probe}, waits for a table of events, writes its first row and the titles of the open views into the file named by
 * {@code retrovisor.probe.answer}, and ends the workbench. Who started it puts a bound to the waiting. Uses nothing of the plug-in that it looks at.
 */
public final class Probe implements IStartup {
    private static final int PERIOD_MILLISECONDS = 200;
    private static final int EVENT_COLUMNS = 8;

    @Override
    public void earlyStartup() {
        String file = System.getProperty("retrovisor.probe");
        if (file != null) {
            Display.getDefault().asyncExec(() -> open(Path.of(file)));
        }
    }

    private static void open(Path file) {
        try {
            IDE.openEditorOnFileStore(page(), EFS.getLocalFileSystem().fromLocalFile(file.toFile()));
            look();
        } catch (PartInitException e) {
            answer(List.of("cannot be opened: " + e.getMessage()));
        }
    }

    private static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getActiveWorkbenchWindow().getActivePage();
    }

    private static void look() {
        List<Table> tables = new ArrayList<>();
        collect(PlatformUI.getWorkbench().getActiveWorkbenchWindow().getShell(), tables);
        tables.removeIf(table -> table.getColumnCount() != EVENT_COLUMNS || table.getItemCount() == 0);
        if (tables.isEmpty() || tables.get(0).getItem(0).getText(1).isEmpty()) {
            Display.getCurrent().timerExec(PERIOD_MILLISECONDS, Probe::look);
        } else {
            answer(lines(tables.get(0)));
        }
    }

    private static void collect(Composite parent, List<Table> tables) {
        for (Control child : parent.getChildren()) {
            if (child instanceof Table table) {
                tables.add(table);
            } else if (child instanceof Composite composite) {
                collect(composite, tables);
            }
        }
    }

    private static List<String> lines(Table table) {
        List<String> lines = new ArrayList<>();
        for (int column = 0; column < EVENT_COLUMNS; column++) {
            lines.add(
                    table.getColumn(column).getText() + ": " + table.getItem(0).getText(column));
        }
        for (IViewReference view : page().getViewReferences()) {
            lines.add("view: " + view.getPartName());
        }
        return lines;
    }

    private static void answer(List<String> lines) {
        try {
            Files.write(Path.of(System.getProperty("retrovisor.probe.answer")), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PlatformUI.getWorkbench().close();
    }
}
