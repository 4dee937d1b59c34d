// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.CTabFolder;
import org.eclipse.swt.custom.CTabItem;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.ui.PlatformUI;

/** The dialog of launch configurations, used as a user does: it waits for its own end, so what is done in it runs in its event loop. */
final class LaunchDialog {
    private static final String FIELD = "dev.retrovisor.key";

    private final ILaunchConfiguration configuration;
    private Shell shell;

    LaunchDialog(ILaunchConfiguration configuration) {
        this.configuration = configuration;
    }

    private static Shell main() {
        return PlatformUI.getWorkbench().getActiveWorkbenchWindow().getShell();
    }

    /** Returns when the dialog has closed; fails with what {@code use} failed with. */
    void open(Runnable use) {
        open(
                use,
                () -> DebugUITools.openLaunchConfigurationDialogOnGroup(
                        main(), new StructuredSelection(configuration), IDebugUIConstants.ID_DEBUG_LAUNCH_GROUP));
    }

    /** The dialog that {@code opener} opens, which waits for its end. */
    void open(Runnable use, Runnable opener) {
        Dialogs.use("the launch dialog", LaunchDialog::found, opener, dialog -> {
            shell = dialog;
            use.run();
        });
    }

    private static Optional<Shell> found() {
        return Arrays.stream(Display.getCurrent().getShells())
                .filter(one -> one.isVisible()
                        && !find(one, CTabFolder.class, tabs -> tab(tabs, "Target") != null)
                                .isEmpty())
                .filter(one -> one != main())
                .findFirst();
    }

    private static CTabItem tab(CTabFolder tabs, String name) {
        return Arrays.stream(tabs.getItems())
                .filter(item -> item.getText().equals(name))
                .findFirst()
                .orElse(null);
    }

    void show(String name) {
        CTabFolder tabs =
                find(shell, CTabFolder.class, one -> tab(one, name) != null).get(0);
        tabs.setSelection(tab(tabs, name));
        Event event = new Event();
        event.item = tab(tabs, name);
        tabs.notifyListeners(SWT.Selection, event);
        Widgets.live(500);
    }

    /** Types into a field. */
    void fill(String tab, String key, String text) {
        show(tab);
        find(shell, Text.class, one -> key.equals(one.getData(FIELD))).get(0).setText(text);
        Widgets.live(1000); // the dialog takes changes up a little later
    }

    /** Chooses, or types, in a field with a list. */
    void choose(String tab, String key, String text) {
        show(tab);
        Combo combo =
                find(shell, Combo.class, one -> key.equals(one.getData(FIELD))).get(0);
        combo.setText(text);
        combo.notifyListeners(SWT.Selection, new Event());
        Widgets.live(1000);
    }

    /** The dialog looks at what was entered a moment later. */
    void awaitText(String text) {
        Widgets.await(() -> text + " in " + complaint(), () -> complaint().contains(text));
    }

    /** In a tree of the tab that is shown. */
    void awaitItem(String text) {
        Widgets.await(() -> "an item " + text, () -> find(shell, Tree.class, Control::isVisible).stream()
                .flatMap(tree -> Arrays.stream(tree.getItems()))
                .anyMatch(item -> item.getText().equals(text)));
    }

    /** Whether a field is shown. */
    boolean shows(String key) {
        return find(shell, Control.class, one -> key.equals(one.getData(FIELD)))
                .get(0)
                .isVisible();
    }

    /** All that the dialog says now. */
    private String complaint() {
        return texts(shell);
    }

    void press(String name) {
        Button button = find(shell, Button.class, one -> one.getText()
                        .replace("&", "")
                        .equals(name))
                .get(0);
        Widgets.await(() -> name + " is enabled; " + complaint(), button::isEnabled);
        button.notifyListeners(SWT.Selection, new Event());
    }

    void photograph(String name) {
        Widgets.live(300);
        Picture.take(shell, name);
    }

    /** Waits for a dialog that says {@code part}, and closes it. */
    static String awaitMessage(String part) {
        Shell shell = Dialogs.await(part);
        String text = texts(shell);
        shell.close();
        return text;
    }

    static String texts(Shell shell) {
        return find(shell, Control.class, one -> true).stream()
                .map(LaunchDialog::text)
                .collect(Collectors.joining("\n"));
    }

    private static String text(Control control) {
        if (control instanceof Label label) {
            return label.getText();
        }
        if (control instanceof Link link) {
            return link.getText();
        }
        if (control instanceof CLabel label) {
            return label.getText();
        }
        if (control instanceof StyledText text) {
            return text.getText();
        }
        return control instanceof Text text ? text.getText() : "";
    }

    private static <T extends Control> List<T> find(Composite parent, Class<T> kind, Predicate<T> wanted) {
        List<T> all = new ArrayList<>();
        for (Control child : parent.getChildren()) {
            if (kind.isInstance(child) && wanted.test(kind.cast(child))) {
                all.add(kind.cast(child));
            }
            if (child instanceof Composite composite) {
                all.addAll(find(composite, kind, wanted));
            }
        }
        return all;
    }
}
