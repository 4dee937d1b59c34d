// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
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
            for (String id : ids) {
                page.showView(id);
            }
            return null;
        });
    }

    static void removeBreakpoints() throws Exception {
        IBreakpointManager manager = DebugPlugin.getDefault().getBreakpointManager();
        manager.removeBreakpoints(manager.getBreakpoints(), true);
    }

    static IResource root() {
        return ResourcesPlugin.getWorkspace().getRoot();
    }

    /** A picture of the window in the build's folder. */
    static Path photograph(String name) throws Exception {
        Path file = Path.of(System.getProperty("retrovisor.screenshots"), name);
        return ui(() -> {
            Shell shell = window().getShell();
            shell.layout(true, true);
            while (Display.getCurrent().readAndDispatch()) {}
            Image image = new Image(Display.getCurrent(), shell.getSize().x, shell.getSize().y);
            GC gc = new GC(Display.getCurrent());
            gc.copyArea(image, shell.getLocation().x, shell.getLocation().y);
            gc.dispose();
            ImageLoader loader = new ImageLoader();
            loader.data = new ImageData[] {image.getImageData()};
            loader.save(file.toString(), SWT.IMAGE_PNG);
            image.dispose();
            return file;
        });
    }
}
