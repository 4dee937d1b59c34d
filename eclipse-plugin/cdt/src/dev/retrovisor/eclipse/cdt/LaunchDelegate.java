// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import dev.retrovisor.eclipse.core.SourceDebugger;
import org.eclipse.cdt.dsf.debug.service.IDsfDebugServicesFactory;
import org.eclipse.cdt.dsf.gdb.launching.GdbLaunch;
import org.eclipse.cdt.dsf.gdb.launching.GdbLaunchDelegate;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.Path;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.model.ISourceLocator;

/** Debugs a launch's session, which has been started already, with gdb and CDT. No C/C++ project is needed. */
public final class LaunchDelegate extends GdbLaunchDelegate {
    public LaunchDelegate() {
        super(false);
    }

    @Override
    public void launch(ILaunchConfiguration configuration, String mode, ILaunch launch, IProgressMonitor monitor)
            throws CoreException {
        if (launch.getAttribute(SourceDebugger.PORT) == null) {
            throw new CoreException(Status.error("the launch has no session (attribute " + SourceDebugger.PORT + ")"));
        }
        String symbols = launch.getAttribute(SourceDebugger.SYMBOLS);
        ((GdbLaunch) launch).setProgramPath(symbols == null ? "" : symbols);
        ReverseCommands.show();
        setDefaultProcessFactory(configuration);
        boolean launched = false;
        try {
            super.launch(configuration, mode, launch, monitor);
            launched = monitor == null || !monitor.isCanceled();
        } finally {
            if (!launched) {
                ((CdtLaunch) launch).endProcesses();
            }
        }
    }

    @Override
    protected GdbLaunch createGdbLaunch(ILaunchConfiguration configuration, String mode, ISourceLocator locator) {
        return new CdtLaunch(configuration, mode, locator);
    }

    @Override
    protected IDsfDebugServicesFactory newServiceFactory(ILaunchConfiguration configuration, String version) {
        return new Services(version, configuration);
    }

    /** There may be none: a guest can be debugged without symbols. */
    @Override
    protected IPath checkBinaryDetails(ILaunchConfiguration configuration) {
        return Path.EMPTY;
    }
}
