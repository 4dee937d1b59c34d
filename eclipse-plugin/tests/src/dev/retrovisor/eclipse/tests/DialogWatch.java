// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;

/**
 * Looks now and then for a dialog, in whatever event loop runs by then, and uses it once. It never waits itself: what opens the dialog may stand below it on the same thread's stack.
 * When the dialog does not come or does not close, or its use fails, all dialogs are closed, so that nobody waits in one for ever.
 */
final class DialogWatch {
    /** A dialog that is closed while it still opens takes SWT down: it is used at the second look. */
    private static final int PERIOD_MILLISECONDS = 500;

    private final String what;
    private final Supplier<Optional<Shell>> dialog;
    private final Consumer<Shell> use;
    private long patienceEnds = System.nanoTime() + Widgets.PATIENCE.toNanos();
    private boolean isSeen;
    private boolean isUsed;
    private boolean hasEnded;
    private Throwable trouble;

    DialogWatch(String what, Supplier<Optional<Shell>> dialog, Consumer<Shell> use) {
        this.what = what;
        this.dialog = dialog;
        this.use = use;
        lookSoon();
    }

    private void lookSoon() {
        Display.getCurrent().timerExec(PERIOD_MILLISECONDS, this::look);
    }

    private void look() {
        if (hasEnded) {
            return;
        }
        try {
            if (trouble == null) {
                useWhenThere();
            }
        } catch (Throwable e) {
            trouble = e;
        }
        if (trouble != null) {
            closeAll();
        }
        lookSoon();
    }

    private void useWhenThere() {
        if (System.nanoTime() > patienceEnds) {
            throw new AssertionError(
                    (isUsed ? "still open after " : "not within ") + Widgets.PATIENCE.toSeconds() + " s: " + what);
        }
        Optional<Shell> found = isUsed ? Optional.empty() : dialog.get();
        if (found.isPresent() && isSeen) {
            isUsed = true;
            use.accept(found.get());
            patienceEnds = System.nanoTime() + Widgets.PATIENCE.toNanos();
        }
        isSeen = found.isPresent();
    }

    /** Disposed of, since one with changes would ask whether to close. */
    private static void closeAll() {
        Shell window = Widgets.page().getWorkbenchWindow().getShell();
        Arrays.stream(Display.getCurrent().getShells())
                .filter(shell -> shell != window && !shell.isDisposed() && shell.isVisible())
                .forEach(Shell::dispose);
    }

    /** Whether the dialog was used, or will not be. */
    boolean isOver() {
        return isUsed || trouble != null;
    }

    /** Fails with what the use failed with, and if there was none. */
    void end() {
        hasEnded = true;
        if (trouble != null) {
            throw new AssertionError("in the dialog", trouble);
        }
        if (!isUsed) {
            throw new AssertionError("there was not " + what);
        }
    }
}
