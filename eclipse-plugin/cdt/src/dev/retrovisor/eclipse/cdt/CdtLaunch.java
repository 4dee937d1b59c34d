// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.core.TimeTravel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.cdt.dsf.concurrent.ImmediateRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.gdb.launching.GdbLaunch;
import org.eclipse.core.runtime.ICoreRunnable;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.Path;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.model.ISourceLocator;

/** A launch that adapts to {@link TimeTravel}, and whose session ends with gdb, unless the user detached gdb. */
final class CdtLaunch extends GdbLaunch {
    private volatile boolean detached;

    CdtLaunch(ILaunchConfiguration configuration, String mode, ISourceLocator locator) {
        super(configuration, mode, locator);
    }

    /** The gdb of our preferences, if there is one. */
    @Override
    public IPath getGDBPath() {
        return Settings.gdb().map(Path::fromOSString).orElseGet(super::getGDBPath);
    }

    /** From now on gdb's end is not the session's. */
    void setDetached() {
        detached = true;
    }

    @Override
    public void shutdownSession(RequestMonitor done) {
        super.shutdownSession(new ImmediateRequestMonitor(done) {
            @Override
            protected void handleCompleted() {
                if (!detached) {
                    endProcesses();
                }
                super.handleCompleted();
            }
        });
    }

    /** Ends what the launch has started. In a job: a process may take its time. */
    void endProcesses() {
        Job.createSystem("Ending the session", (ICoreRunnable) monitor -> {
                    for (IProcess process : getProcesses()) {
                        if (process.canTerminate()) {
                            process.terminate();
                        }
                    }
                })
                .schedule();
    }

    @Override
    public <T> T getAdapter(Class<T> type) {
        return type == TimeTravel.class ? type.cast((TimeTravel) this::seek) : super.getAdapter(type);
    }

    private CompletableFuture<String> seek(String where) {
        CompletableFuture<String> done = new CompletableFuture<>();
        try {
            getSession().getExecutor().execute(() -> new Journey(getSession(), done).to(where));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IllegalStateException("the session has ended", e));
        }
        return done;
    }
}
