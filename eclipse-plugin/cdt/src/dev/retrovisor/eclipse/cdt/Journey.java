// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.cdt.dsf.concurrent.ImmediateExecutor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.gdb.service.GDBProcesses_7_2;
import org.eclipse.cdt.dsf.gdb.service.IGDBProcesses;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.cdt.dsf.mi.service.IMIContainerDMContext;
import org.eclipse.cdt.dsf.mi.service.IMIExecutionDMContext;
import org.eclipse.cdt.dsf.mi.service.IMIRunControl;
import org.eclipse.cdt.dsf.mi.service.command.events.MIStoppedEvent;
import org.eclipse.cdt.dsf.mi.service.command.output.MIResult;
import org.eclipse.cdt.dsf.service.DsfServicesTracker;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.osgi.framework.FrameworkUtil;

/**
 * One journey to an instant. The machine moves without gdb's knowledge ({@code monitor seek}); so gdb and CDT have to forget what they know, and what CDT shows has to
 * follow as after a stop. On the session's executor only.
 */
final class Journey {
    private static final List<String> FORGET = List.of("maint flush register-cache", "maint flush dcache");

    private final DsfSession session;
    private final DsfServicesTracker services;
    private final CompletableFuture<String> result;

    Journey(DsfSession session, CompletableFuture<String> result) {
        this.session = session;
        this.result = result;
        services = new DsfServicesTracker(FrameworkUtil.getBundle(Journey.class).getBundleContext(), session.getId());
        result.whenComplete((instant, trouble) -> services.dispose());
    }

    /** To {@code @N}, {@code begin} or {@code end}. */
    void to(String where) {
        IGDBControl control = services.getService(IGDBControl.class);
        IMIRunControl runControl = services.getService(IMIRunControl.class);
        if (control == null || runControl == null) {
            fail("the session has ended");
        } else if (!runControl.isSuspended(container(control))) {
            fail("the guest runs: suspend it first");
        } else {
            go(where, control);
        }
    }

    private void go(String where, IGDBControl control) {
        Cli cli = new Cli(control);
        RequestMonitor failed = whenFailed();
        cli.ask("monitor seek " + where, failed, said -> MonitorWords.arrival(said)
                .ifPresentOrElse(
                        instant -> cli.run(FORGET, then(() -> refresh(control, instant))), () -> fail(said.strip())));
    }

    private void refresh(IGDBControl control, String instant) {
        control.flushAllCachesAndRefresh(then(() -> {
            tellOfStop(control);
            result.complete(instant);
        }));
    }

    /** So that the Debug view selects the top frame and the editor shows its line. */
    private void tellOfStop(IGDBControl control) {
        IMIExecutionDMContext[] threads =
                services.getService(IGDBProcesses.class).getExecutionContexts(container(control));
        if (threads != null && threads.length > 0) {
            session.dispatchEvent(MIStoppedEvent.parse(threads[0], 0, new MIResult[0]), control.getProperties());
        }
    }

    private IMIContainerDMContext container(IGDBControl control) {
        return services.getService(IGDBProcesses.class)
                .createContainerContextFromGroupId(control.getContext(), GDBProcesses_7_2.INITIAL_THREAD_GROUP_ID);
    }

    private void fail(String why) {
        result.completeExceptionally(new IllegalStateException(why));
    }

    private RequestMonitor whenFailed() {
        return then(() -> {});
    }

    private RequestMonitor then(Runnable next) {
        return new RequestMonitor(ImmediateExecutor.getInstance(), null) {
            @Override
            protected void handleSuccess() {
                next.run();
            }

            @Override
            protected void handleFailure() {
                fail(getStatus().getMessage());
            }
        };
    }
}
