// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.ui.IPerspectiveDescriptor;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;

/** CDT's commands that go back. An extension shows them in each new Debug perspective; this shows them in those that exist. */
final class ReverseCommands {
    private static final String ACTION_SET = "org.eclipse.cdt.debug.ui.reverseDebuggingActionSet";

    private ReverseCommands() {}

    static void show() {
        if (PlatformUI.isWorkbenchRunning()) {
            PlatformUI.getWorkbench().getDisplay().asyncExec(ReverseCommands::showInAllWindows);
        }
    }

    private static void showInAllWindows() {
        for (IWorkbenchWindow window : PlatformUI.getWorkbench().getWorkbenchWindows()) {
            for (IWorkbenchPage page : window.getPages()) {
                IPerspectiveDescriptor perspective = page.getPerspective();
                if (perspective != null && perspective.getId().equals(IDebugUIConstants.ID_DEBUG_PERSPECTIVE)) {
                    page.showActionSet(ACTION_SET);
                }
            }
        }
    }
}
