// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;

/** The user interface's thread, as long as a widget is there. */
public final class UiThread {
    private final Control control;
    private final Display display;

    public UiThread(Control control) {
        this.control = control;
        this.display = control.getDisplay();
    }

    /** Does something later; not at all if the widget is gone by then. Any thread may call. */
    public void later(Runnable what) {
        try {
            display.asyncExec(() -> {
                if (!control.isDisposed()) {
                    what.run();
                }
            });
        } catch (SWTException e) {
            if (!display.isDisposed()) {
                throw e;
            }
        }
    }

    /** Does something after a time; not at all if the widget is gone by then. Only on the user interface's thread. */
    public void after(int milliseconds, Runnable what) {
        display.timerExec(milliseconds, () -> {
            if (!control.isDisposed()) {
                what.run();
            }
        });
    }
}
