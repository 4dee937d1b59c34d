// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.fail;

import dev.retrovisor.eclipse.tests.Picture;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.eclipse.cdt.debug.core.CDIDebugModel;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;

/** The workbench that the tests run in; they run beside its thread. */
final class Workbench {
    private Workbench() {}

    static <T> T ui(Callable<T> question) throws Exception {
        Object[] answer = new Object[1];
        Exception[] trouble = new Exception[1];
        Display.getDefault().syncExec(() -> {
            try {
                answer[0] = question.call();
            } catch (Exception e) {
                trouble[0] = e;
            }
        });
        if (trouble[0] != null) {
            throw trouble[0];
        }
        @SuppressWarnings("unchecked")
        T result = (T) answer[0];
        return result;
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Stops.PATIENCE_SECONDS * 1_000_000_000L;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                fail("not within " + Stops.PATIENCE_SECONDS + " s: " + what);
            }
            Thread.sleep(50);
        }
    }

    static IWorkbenchWindow window() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0];
    }

    static IWorkbenchPage openDebugPerspective() throws Exception {
        return ui(() -> {
            IWorkbenchPage page =
                    PlatformUI.getWorkbench().showPerspective(IDebugUIConstants.ID_DEBUG_PERSPECTIVE, window());
            page.showView(IDebugUIConstants.ID_DEBUG_VIEW);
            return page;
        });
    }

    static void showViews(IWorkbenchPage page, String... ids) throws Exception {
        ui(() -> {
            window().getShell().setBounds(0, 0, 1400, 900);
            Picture.unhide(window().getShell());
            for (String id : ids) {
                page.showView(id);
            }
            return null;
        });
    }

    /** In the guest calls; {@code type} as in {@link org.eclipse.cdt.debug.core.model.ICBreakpointType}. */
    static void breakAt(String function, int type) throws Exception {
        String file = GuestDelegate.HOME.resolve("stub-monitor/guests/calls.c").toString();
        CDIDebugModel.createFunctionBreakpoint(file, root(), type, function, -1, -1, -1, true, 0, "", true);
    }

    /** Stops at writes. */
    static void watch(String expression) throws Exception {
        CDIDebugModel.createWatchpoint("", root(), true, false, expression, true, 0, "", true);
    }

    /** Of the editor that is open; empty if none is. */
    static String editorTitle() throws Exception {
        return ui(() -> {
            IEditorPart editor = window().getActivePage().getActiveEditor();
            return editor == null ? "" : editor.getTitle();
        });
    }

    /** Gives a view more than half of the room that it shares with what is above or below. */
    static void enlarge(IWorkbenchPage page, String id) throws Exception {
        ui(() -> {
            MPart part = page.findView(id).getSite().getService(MPart.class);
            MUIElement place = part.getCurSharedRef() == null ? part : part.getCurSharedRef();
            MUIElement stack = place.getParent();
            stack.getParent().getChildren().forEach(one -> one.setContainerData("4000"));
            stack.setContainerData("6000");
            return null;
        });
    }

    static void removeBreakpoints() throws Exception {
        IBreakpointManager manager = DebugPlugin.getDefault().getBreakpointManager();
        manager.removeBreakpoints(manager.getBreakpoints(), true);
    }

    /** Opens an item of a tree in the window, as a click would; false if there is none yet. */
    static boolean expand(String name) throws Exception {
        return ui(() -> trees(window().getShell())
                .flatMap(tree -> Stream.of(tree.getItems()))
                .filter(item -> item.getText().equals(name))
                .map(Workbench::expand)
                .reduce(false, (any, one) -> true));
    }

    /** True if an item's first child shows a name and a value. */
    static boolean isFilled(String name) throws Exception {
        return ui(() -> trees(window().getShell())
                .flatMap(tree -> Stream.of(tree.getItems()))
                .filter(item -> item.getText().equals(name) && item.getItemCount() > 0)
                .map(item -> item.getItem(0))
                .anyMatch(child ->
                        !child.getText(0).isBlank() && !child.getText(1).isBlank()));
    }

    /** True if a table shows events, which begin with their instant. */
    static boolean hasRows() throws Exception {
        return ui(() -> all(Table.class, window().getShell())
                .anyMatch(table ->
                        table.getItemCount() > 1 && table.getItem(0).getText(0).startsWith("@")));
    }

    private static Stream<Tree> trees(Composite parent) {
        return all(Tree.class, parent);
    }

    private static <T extends Control> Stream<T> all(Class<T> kind, Composite parent) {
        return Stream.of(parent.getChildren()).flatMap(child -> {
            if (kind.isInstance(child)) {
                return Stream.of(kind.cast(child));
            }
            return child instanceof Composite inner ? all(kind, inner) : Stream.empty();
        });
    }

    private static boolean expand(TreeItem item) {
        Event event = new Event();
        event.item = item;
        item.getParent().notifyListeners(SWT.Expand, event);
        item.setExpanded(true);
        return true;
    }

    static IResource root() {
        return ResourcesPlugin.getWorkspace().getRoot();
    }

    /** A picture of the window in the build's folder. */
    static Path photograph(String name) throws Exception {
        return ui(() -> {
            Shell shell = window().getShell();
            shell.layout(true, true);
            while (Display.getCurrent().readAndDispatch()) {}
            return Picture.take(shell, name);
        });
    }
}
