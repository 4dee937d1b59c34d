// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.ui.UiThread;
import java.util.concurrent.atomic.AtomicBoolean;

/** Updates a user interface for what other threads report: however often they do, only some times a second. */
final class Updates {
    private static final int PERIOD_MILLISECONDS = 60;

    private final UiThread thread;
    private final Runnable update;
    private final AtomicBoolean isDue = new AtomicBoolean();

    Updates(UiThread thread, Runnable update) {
        this.thread = thread;
        this.update = update;
    }

    /** Any thread may call it. */
    void soon() {
        if (isDue.compareAndSet(false, true)) {
            thread.later(() -> thread.after(PERIOD_MILLISECONDS, this::now));
        }
    }

    private void now() {
        isDue.set(false);
        update.run();
    }
}
