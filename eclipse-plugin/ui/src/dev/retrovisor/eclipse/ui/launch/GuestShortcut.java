// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import java.nio.file.Path;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.core.runtime.IPath;
import org.eclipse.debug.ui.ILaunchShortcut;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IPathEditorInput;

/** <em>Debug As &gt; OS under Retrovisor</em> on a kernel or a recording. */
public final class GuestShortcut implements ILaunchShortcut {
    @Override
    public void launch(ISelection selection, String mode) {
        if (selection instanceof IStructuredSelection chosen) {
            IResource file = Adapters.adapt(chosen.getFirstElement(), IResource.class);
            debug(file == null ? null : file.getLocation());
        }
    }

    @Override
    public void launch(IEditorPart editor, String mode) {
        debug(editor.getEditorInput() instanceof IPathEditorInput input ? input.getPath() : null);
    }

    private static void debug(IPath location) {
        if (location != null) {
            Launches.debug(Path.of(location.toOSString()));
        }
    }
}
