// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.core.model.ISuspendResume;
import org.eclipse.debug.core.model.ITerminate;

/** What the Debug view shows of a machine. */
abstract class MachineElement extends DebugElement implements ISuspendResume, ITerminate {
    static final String MODEL = "dev.retrovisor.machine";

    private static final long PATIENCE_SECONDS = 30;

    MachineElement(IDebugTarget target) {
        super(target);
    }

    MachineTarget machine() {
        return (MachineTarget) getDebugTarget();
    }

    Session session() {
        return machine().session();
    }

    @Override
    public String getModelIdentifier() {
        return MODEL;
    }

    @Override
    public <T> T getAdapter(Class<T> type) {
        return type == Session.class ? type.cast(session()) : super.getAdapter(type);
    }

    @Override
    public boolean canResume() {
        return isSuspended();
    }

    @Override
    public boolean canSuspend() {
        return session().state() == SessionState.RUNNING;
    }

    @Override
    public boolean isSuspended() {
        return session().state().isStopped();
    }

    @Override
    public void resume() {
        session().resume();
    }

    @Override
    public void suspend() {
        session().suspend();
    }

    @Override
    public boolean canTerminate() {
        return machine().getProcess().canTerminate();
    }

    @Override
    public boolean isTerminated() {
        return session().state() == SessionState.TERMINATED;
    }

    @Override
    public void terminate() throws DebugException {
        machine().getProcess().terminate();
    }

    /** Waits for what a view has asked for; never on the user interface's thread, where the platform does not ask. */
    static <T> T await(CompletableFuture<T> answer) throws DebugException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new DebugException(Status.error(e.getCause().getMessage(), e.getCause()));
        } catch (TimeoutException e) {
            throw new DebugException(Status.error("no answer within " + PATIENCE_SECONDS + " s", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebugException(Status.error("interrupted", e));
        }
    }
}
