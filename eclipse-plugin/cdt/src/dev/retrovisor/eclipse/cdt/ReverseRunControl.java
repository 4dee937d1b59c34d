// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.Hashtable;
import org.eclipse.cdt.debug.core.model.IChangeReverseMethodHandler.ReverseDebugMethod;
import org.eclipse.cdt.dsf.concurrent.ImmediateRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService.ICommandControlDMContext;
import org.eclipse.cdt.dsf.gdb.service.extensions.GDBRunControl_HEAD;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.core.runtime.Status;

/**
 * Run control that can go back if the machine has a history. CDT knows recordings that gdb makes ({@code record}) and would start one; here the target records, so
 * "enabled" means no more than that the commands are offered.
 */
final class ReverseRunControl extends GDBRunControl_HEAD {
    ReverseRunControl(DsfSession session) {
        super(session);
    }

    @Override
    public void initialize(RequestMonitor done) {
        super.initialize(new ImmediateRequestMonitor(done) {
            @Override
            protected void handleSuccess() {
                register(new String[] {ReverseRunControl.class.getName()}, new Hashtable<>());
                done.done();
            }
        });
    }

    /** Offers the commands that go back if something is recorded. */
    void lookForHistory(RequestMonitor done) {
        cli().ask("monitor status", done, status -> {
            offer(MonitorWords.hasHistory(status));
            done.done();
        });
    }

    private Cli cli() {
        return new Cli(getServicesTracker().getService(ICommandControlService.class));
    }

    private void offer(boolean backwards) {
        setReverseTraceMethod(backwards ? ReverseDebugMethod.GDB_TRACE : ReverseDebugMethod.OFF);
    }

    @Override
    public void enableReverseMode(ICommandControlDMContext context, boolean enable, RequestMonitor done) {
        if (enable) {
            enable(done);
        } else {
            offer(false);
            done.done();
        }
    }

    @Override
    public void enableReverseMode(ICommandControlDMContext context, ReverseDebugMethod method, RequestMonitor done) {
        enableReverseMode(context, method != ReverseDebugMethod.OFF, done);
    }

    /** Starts recording if nothing is recorded yet. */
    private void enable(RequestMonitor done) {
        cli().ask("monitor status", done, status -> {
            if (MonitorWords.hasHistory(status)) {
                offer(true);
                done.done();
            } else {
                record(done);
            }
        });
    }

    private void record(RequestMonitor done) {
        cli().ask("monitor record on", done, said -> {
            if (MonitorWords.records(said)) {
                offer(true);
                done.done();
            } else {
                done.done(Status.error("Nothing is recorded, and recording does not start: " + said.strip()));
            }
        });
    }
}
