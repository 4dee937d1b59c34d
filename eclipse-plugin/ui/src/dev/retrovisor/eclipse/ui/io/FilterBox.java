// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.bridge.cli.FilterLine;
import java.util.function.Consumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;

/** A line for a filter, and beside it how far its answer is. Enter asks, Escape cancels. */
final class FilterBox extends Composite {
    private final Text line;
    private final Label status;

    FilterBox(Composite parent, Consumer<String> asked, Runnable cancelled) {
        super(parent, SWT.NONE);
        GridLayout layout = new GridLayout(2, false);
        layout.marginHeight = 2;
        setLayout(layout);
        line = new Text(this, SWT.SEARCH | SWT.ICON_SEARCH | SWT.ICON_CANCEL);
        line.setMessage("filter: " + FilterLine.EXAMPLES);
        line.setToolTipText("The options of: retrovisor log. Enter asks, Escape cancels. " + FilterLine.EXAMPLES);
        line.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        line.addListener(
                SWT.DefaultSelection, event -> asked.accept(event.detail == SWT.ICON_CANCEL ? "" : line.getText()));
        line.addListener(SWT.KeyDown, event -> {
            if (event.keyCode == SWT.ESC) {
                cancelled.run();
            }
        });
        status = new Label(this, SWT.NONE);
        status.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, false, false));
    }

    void setStatus(String text) {
        if (!status.getText().equals(text)) {
            status.setText(text);
            layout(true);
        }
    }

    String status() {
        return status.getText();
    }

    String filter() {
        return line.getText();
    }

    void setFilter(String text) {
        line.setText(text);
    }
}
