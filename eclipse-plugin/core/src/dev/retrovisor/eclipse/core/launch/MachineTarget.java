// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import java.math.BigInteger;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.core.model.IMemoryBlock;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrievalExtension;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.model.IThread;

/** The machine in the Debug view: one CPU, memory by linear addresses, no breakpoints. */
final class MachineTarget extends MachineElement implements IDebugTarget, IMemoryBlockRetrievalExtension {
    private final ILaunch launch;
    private final IProcess process;
    private final Session session;
    private final CpuThread cpu;
    private boolean ended;

    private MachineTarget(ILaunch launch, IProcess process, Session session) {
        super(null);
        this.launch = launch;
        this.process = process;
        this.session = session;
        cpu = new CpuThread(this);
    }

    /** It follows the session. */
    static MachineTarget show(ILaunch launch, IProcess process, Session session) {
        MachineTarget target = new MachineTarget(launch, process, session);
        session.addListener(changed -> target.follow());
        target.fireCreationEvent();
        target.cpu.fireCreationEvent();
        target.cpu.fireSuspendEvent(DebugEvent.UNSPECIFIED);
        target.follow();
        return target;
    }

    private synchronized void follow() {
        SessionState state = session.state();
        if (ended) {
            return;
        }
        if (state == SessionState.TERMINATED) {
            ended = true;
            cpu.fireTerminateEvent();
            fireTerminateEvent();
        } else if (state == SessionState.RUNNING) {
            cpu.fireResumeEvent(cpu.resumeDetail());
        } else {
            cpu.fireSuspendEvent(cpu.suspendDetail());
        }
    }

    @Override
    Session session() {
        return session;
    }

    @Override
    public IDebugTarget getDebugTarget() {
        return this;
    }

    @Override
    public ILaunch getLaunch() {
        return launch;
    }

    @Override
    public IProcess getProcess() {
        return process;
    }

    @Override
    public IThread[] getThreads() {
        return isTerminated() ? new IThread[0] : new IThread[] {cpu};
    }

    @Override
    public boolean hasThreads() {
        return !isTerminated();
    }

    @Override
    public String getName() {
        return session.name() + " [" + session.state().words() + "]";
    }

    @Override
    public boolean supportsBreakpoint(IBreakpoint breakpoint) {
        return false;
    }

    @Override
    public boolean canDisconnect() {
        return false;
    }

    @Override
    public void disconnect() throws DebugException {
        throw new DebugException(Status.error("the session ends with its launch: terminate it"));
    }

    @Override
    public boolean isDisconnected() {
        return false;
    }

    @Override
    public boolean supportsStorageRetrieval() {
        return true;
    }

    @Override
    public IMemoryBlock getMemoryBlock(long start, long length) {
        return new LinearMemory(this, Long.toHexString(start), new BigInteger(Long.toUnsignedString(start)));
    }

    @Override
    public IMemoryBlockExtension getExtendedMemoryBlock(String expression, Object context) throws DebugException {
        return new LinearMemory(this, expression, LinearMemory.address(expression));
    }

    @Override
    public void breakpointAdded(IBreakpoint breakpoint) {}

    @Override
    public void breakpointRemoved(IBreakpoint breakpoint, IMarkerDelta delta) {}

    @Override
    public void breakpointChanged(IBreakpoint breakpoint, IMarkerDelta delta) {}
}
