// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Listener;

/** The keys that move the selection of an {@link EventGrid}, beyond the rows that exist as widgets. */
final class GridKeys implements Listener {
    private final EventGrid grid;

    GridKeys(EventGrid grid) {
        this.grid = grid;
    }

    @Override
    public void handleEvent(Event event) {
        long row = grid.selected() < 0 ? grid.top() - 1 : grid.rows().rowOf(grid.selected());
        long there =
                switch (event.keyCode) {
                    case SWT.ARROW_DOWN -> row + 1;
                    case SWT.ARROW_UP -> row - 1;
                    case SWT.PAGE_DOWN -> row + grid.height();
                    case SWT.PAGE_UP -> row - grid.height();
                    case SWT.HOME -> 0;
                    case SWT.END -> grid.rows().count() - 1;
                    default -> Long.MIN_VALUE;
                };
        if (there != Long.MIN_VALUE) {
            event.doit = false;
            grid.selectRow(there);
        }
    }
}
