// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import dev.retrovisor.eclipse.core.TimeTravel;
import java.util.Map;
import org.eclipse.cdt.dsf.concurrent.DataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.datamodel.IDMContext;
import org.eclipse.cdt.dsf.debug.service.IRunControl.IContainerDMContext;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService;
import org.eclipse.cdt.dsf.gdb.service.extensions.GDBProcesses_HEAD;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.ILaunch;

/** The machine as gdb's one process: restarting it is going to the beginning of its history. */
final class Processes extends GDBProcesses_HEAD {
    Processes(DsfSession session) {
        super(session);
    }

    private CdtLaunch launch() {
        return (CdtLaunch) getSession().getModelAdapter(ILaunch.class);
    }

    @Override
    public void detachDebuggerFromProcess(IDMContext context, RequestMonitor done) {
        launch().setDetached();
        super.detachDebuggerFromProcess(context, done);
    }

    @Override
    public void canRestart(IContainerDMContext container, DataRequestMonitor<Boolean> done) {
        getServicesTracker()
                .getService(ReverseRunControl.class)
                .isReverseModeEnabled(
                        getServicesTracker()
                                .getService(ICommandControlService.class)
                                .getContext(),
                        done);
    }

    @Override
    public void restart(
            IContainerDMContext container,
            Map<String, Object> attributes,
            DataRequestMonitor<IContainerDMContext> done) {
        launch().getAdapter(TimeTravel.class).seek("begin").whenComplete((instant, trouble) -> {
            if (trouble == null) {
                done.done(container);
            } else {
                done.done(Status.error(trouble.getMessage()));
            }
        });
    }
}
