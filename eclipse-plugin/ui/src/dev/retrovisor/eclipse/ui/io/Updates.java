// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Display;

/** Updates a user interface for what other threads report: however often they do, only some times a second. */
final class Updates {
    private static final int PERIOD_MILLISECONDS = 60;

    private final Display display;
    private final Runnable update;
    private final AtomicBoolean isDue = new AtomicBoolean();

    Updates(Display display, Runnable update) {
        this.display = display;
        this.update = update;
    }

    /** Any thread may call it. */
    void soon() {
        if (isDue.compareAndSet(false, true)) {
            later(display, () -> display.timerExec(PERIOD_MILLISECONDS, this::now));
        }
    }

    private void now() {
        isDue.set(false);
        update.run();
    }

    /** On the user interface's thread; not at all if that has ended meanwhile. */
    static void later(Display display, Runnable what) {
        try {
            display.asyncExec(what);
        } catch (SWTException e) {
            if (!display.isDisposed()) {
                throw e;
            }
        }
    }
}
