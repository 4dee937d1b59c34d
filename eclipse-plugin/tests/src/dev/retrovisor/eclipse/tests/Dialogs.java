// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;

/** Dialogs that wait for an answer: what is done in them runs in their event loops. */
final class Dialogs {
    /** A dialog that is closed while it still opens takes SWT down. */
    private static final int OPEN_MILLISECONDS = 500;

    private Dialogs() {}

    /** Opens a dialog, which {@code use} gets when it says {@code part}; returns when it has closed, and fails with what {@code use} failed with. */
    static void answer(String part, Runnable opener, Consumer<Shell> use) {
        use(() -> use.accept(await(part)), opener);
    }

    /** Runs {@code use} while {@code opener} waits in the dialog's event loop; fails with what {@code use} failed with. */
    static void use(Runnable use, Runnable opener) {
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        Display.getCurrent().timerExec(OPEN_MILLISECONDS, () -> {
            try {
                use.run();
            } catch (Throwable e) {
                trouble.set(e);
                abandon();
            }
        });
        try {
            opener.run();
        } finally {
            if (trouble.get() != null) {
                throw new AssertionError("in the dialog", trouble.get());
            }
        }
    }

    /** Not {@link Shell#close}: a dialog with changes asks whether to save them, and would wait for the answer for ever. */
    private static void abandon() {
        Shell window = Widgets.page().getWorkbenchWindow().getShell();
        Arrays.stream(Display.getCurrent().getShells())
                .filter(shell -> shell != window && !shell.isDisposed() && shell.isVisible())
                .forEach(Shell::dispose);
    }

    /** Waits for a dialog that says {@code part} and waits for an answer itself, gives it by a button, and returns what it has said. */
    static String answered(String part, String button) {
        AtomicReference<String> said = new AtomicReference<>();
        answerSoon(part, button, said);
        Widgets.await(() -> "a dialog with " + part, () -> said.get() != null);
        return said.get();
    }

    /** Looks now and then, in whatever event loop runs by then. */
    private static void answerSoon(String part, String button, AtomicReference<String> said) {
        Display.getCurrent().timerExec(OPEN_MILLISECONDS, () -> find(part)
                .ifPresentOrElse(
                        shell -> {
                            said.set(shell.getText() + "\n" + LaunchDialog.texts(shell));
                            press(shell, button);
                        },
                        () -> answerSoon(part, button, said)));
    }

    /** The dialog that says {@code part}, when it is there. */
    static Shell await(String part) {
        AtomicReference<Shell> found = new AtomicReference<>();
        Widgets.await(() -> "a dialog with " + part, () -> {
            find(part).ifPresent(found::set);
            return found.get() != null;
        });
        return found.get();
    }

    private static Optional<Shell> find(String part) {
        Shell window = Widgets.page().getWorkbenchWindow().getShell();
        return Arrays.stream(Display.getCurrent().getShells())
                .filter(shell -> shell != window && shell.isVisible())
                .filter(shell -> (shell.getText() + LaunchDialog.texts(shell)).contains(part))
                .findFirst();
    }

    static void press(Shell shell, String name) {
        Button button = Widgets.under(shell, Button.class).stream()
                .filter(one -> one.getText().replace("&", "").equals(name))
                .findFirst()
                .orElseThrow();
        Widgets.await(() -> name + " is enabled", button::isEnabled);
        button.notifyListeners(SWT.Selection, new Event());
    }
}
