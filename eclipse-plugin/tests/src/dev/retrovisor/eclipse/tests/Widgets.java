// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PlatformUI;

/** What tests on the user interface's thread need: the workbench, widgets found by their kind, and waiting while the interface lives. */
final class Widgets {
    static final Duration PATIENCE = Duration.ofSeconds(60 * pace());

    private Widgets() {}

    static long pace() {
        String pace = System.getenv("RETROVISOR_TEST_PACE");
        return pace == null ? 1 : (long) Math.ceil(Double.parseDouble(pace));
    }

    static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getActiveWorkbenchWindow().getActivePage();
    }

    /** All widgets of a kind under the window, in their order. */
    static <T extends Control> List<T> all(Class<T> kind) {
        return under(PlatformUI.getWorkbench().getActiveWorkbenchWindow().getShell(), kind).stream()
                .filter(Control::isVisible)
                .toList();
    }

    static <T extends Control> List<T> under(Composite parent, Class<T> kind) {
        List<T> found = new ArrayList<>();
        collect(parent, kind, found);
        return found;
    }

    private static <T extends Control> void collect(Composite parent, Class<T> kind, List<T> found) {
        for (Control child : parent.getChildren()) {
            if (kind.isInstance(child)) {
                found.add(kind.cast(child));
            }
            if (child instanceof Composite composite) {
                collect(composite, kind, found);
            }
        }
    }

    /** Lets the interface live until it is so. */
    static void await(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Display display = Display.getCurrent();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within " + PATIENCE.toSeconds() + " s: " + what.get());
            }
            if (!display.readAndDispatch()) {
                wakeSoon(display);
                display.sleep();
            }
        }
    }

    private static void wakeSoon(Display display) {
        display.timerExec(10, () -> {});
    }

    static void live(int milliseconds) {
        long end = System.nanoTime() + milliseconds * 1_000_000L;
        await(() -> "time", () -> System.nanoTime() > end);
    }

    static List<String> texts(TableItem item) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < item.getParent().getColumnCount(); i++) {
            texts.add(item.getText(i));
        }
        return texts;
    }

    private static ToolItem tool(IViewPart view, String name) {
        ToolBar bar =
                (ToolBar) ((ToolBarManager) view.getViewSite().getActionBars().getToolBarManager()).getControl();
        return Arrays.stream(bar.getItems())
                .filter(one -> name.equals(one.getText()) || name.equals(one.getToolTipText()))
                .findFirst()
                .orElseThrow();
    }

    static boolean isEnabled(IViewPart view, String name) {
        return tool(view, name).isEnabled();
    }

    /** Presses a button of a view's tool bar, by its text or its tool tip, when it is enabled. */
    static void press(IViewPart view, String name) {
        ToolItem item = tool(view, name);
        await(() -> name + " is enabled", item::isEnabled);
        item.notifyListeners(SWT.Selection, new Event());
    }

    /** A picture of the window in the build's folder. */
    static Path photograph(String name) {
        Shell shell = PlatformUI.getWorkbench().getActiveWorkbenchWindow().getShell();
        Picture.unhide(shell);
        live(300);
        return Picture.take(shell, name);
    }
}
