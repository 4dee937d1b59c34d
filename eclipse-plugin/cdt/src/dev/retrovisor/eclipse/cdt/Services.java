// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import org.eclipse.cdt.dsf.debug.service.IMemory;
import org.eclipse.cdt.dsf.debug.service.IProcesses;
import org.eclipse.cdt.dsf.debug.service.IRunControl;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControl;
import org.eclipse.cdt.dsf.gdb.service.GdbDebugServicesFactory;
import org.eclipse.cdt.dsf.gdb.service.command.CommandFactory_6_8;
import org.eclipse.cdt.dsf.mi.service.IMIBackend;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.debug.core.ILaunchConfiguration;

/** CDT's services, and ours where a machine under a monitor differs from a program. Always all-stop: CDT's non-stop run control cannot go back. */
final class Services extends GdbDebugServicesFactory {
    Services(String gdbVersion, ILaunchConfiguration configuration) {
        super(gdbVersion, configuration);
    }

    @Override
    protected IMIBackend createBackendGDBService(DsfSession session, ILaunchConfiguration configuration) {
        return new Backend(session, configuration);
    }

    @Override
    protected ICommandControl createCommandControl(DsfSession session, ILaunchConfiguration configuration) {
        return new Control(session, configuration, new CommandFactory_6_8());
    }

    @Override
    protected IRunControl createRunControlService(DsfSession session) {
        return new ReverseRunControl(session);
    }

    @Override
    protected IMemory createMemoryService(DsfSession session) {
        return new MemorySpaces(session);
    }

    @Override
    protected IProcesses createProcessesService(DsfSession session) {
        return new Processes(session);
    }
}
