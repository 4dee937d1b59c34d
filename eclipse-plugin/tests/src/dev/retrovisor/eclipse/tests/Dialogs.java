// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;

/** Dialogs that wait for an answer: what is done in them runs in their event loops. */
final class Dialogs {
    private Dialogs() {}

    /** Opens a dialog, which {@code use} gets when it says {@code part}; returns when it has closed, and fails with what {@code use} failed with. */
    static void answer(String part, Runnable opener, Consumer<Shell> use) {
        use("a dialog with " + part, () -> find(part), opener, use);
    }

    /** The same for a dialog that is found otherwise. */
    static void use(String what, Supplier<Optional<Shell>> dialog, Runnable opener, Consumer<Shell> use) {
        DialogWatch watch = new DialogWatch(what, dialog, use);
        try {
            opener.run();
        } finally {
            watch.end();
        }
    }

    /** Waits for a dialog that says {@code part} and waits for an answer itself, gives it by a button, and returns what it has said. */
    static String answered(String part, String button) {
        AtomicReference<String> said = new AtomicReference<>();
        DialogWatch watch = new DialogWatch("a dialog with " + part, () -> find(part), shell -> {
            said.set(shell.getText() + "\n" + LaunchDialog.texts(shell));
            press(shell, button);
        });
        try {
            Widgets.await(() -> "a dialog with " + part, watch::isOver);
        } finally {
            watch.end();
        }
        return said.get();
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
