// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.SourceDebugger;
import java.util.Optional;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.sourcelookup.ISourceContainer;
import org.eclipse.debug.core.sourcelookup.ISourcePathComputer;
import org.eclipse.debug.core.sourcelookup.ISourcePathComputerDelegate;

/** Where sources are looked for by default: where the debugger with sources would; nowhere without one. */
public final class SourcePath implements ISourcePathComputerDelegate {
    @Override
    public ISourceContainer[] computeSourceContainers(ILaunchConfiguration configuration, IProgressMonitor monitor)
            throws CoreException {
        Optional<ISourcePathComputer> debugger = SourceDebugger.sourcePathComputer()
                .map(id -> DebugPlugin.getDefault().getLaunchManager().getSourcePathComputer(id));
        return debugger.isPresent()
                ? debugger.get().computeSourceContainers(configuration, monitor)
                : new ISourceContainer[0];
    }
}
