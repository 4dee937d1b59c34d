// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IStackFrame;
import org.eclipse.debug.core.model.IThread;

/** The machine's CPU. Steps are steps of one instruction. */
final class CpuThread extends MachineElement implements IThread {
    private final CpuFrame frame;
    private volatile boolean stepping;

    CpuThread(MachineTarget target) {
        super(target);
        frame = new CpuFrame(this);
    }

    @Override
    public String getName() {
        String text = session().message();
        return "CPU 0" + (text.isEmpty() ? "" : ": " + text.lines().findFirst().orElse(""));
    }

    int resumeDetail() {
        return stepping ? DebugEvent.STEP_INTO : DebugEvent.CLIENT_REQUEST;
    }

    int suspendDetail() {
        frame.moved();
        boolean step = stepping;
        stepping = false;
        return step ? DebugEvent.STEP_END : DebugEvent.CLIENT_REQUEST;
    }

    @Override
    public IStackFrame[] getStackFrames() {
        return isSuspended() ? new IStackFrame[] {frame} : new IStackFrame[0];
    }

    @Override
    public boolean hasStackFrames() {
        return isSuspended();
    }

    @Override
    public IStackFrame getTopStackFrame() {
        return isSuspended() ? frame : null;
    }

    @Override
    public int getPriority() {
        return 0;
    }

    @Override
    public IBreakpoint[] getBreakpoints() {
        return new IBreakpoint[0];
    }

    @Override
    public boolean canStepInto() {
        return isSuspended();
    }

    @Override
    public boolean canStepOver() {
        return false;
    }

    @Override
    public boolean canStepReturn() {
        return false;
    }

    @Override
    public boolean isStepping() {
        return stepping;
    }

    @Override
    public void stepInto() {
        stepping = true;
        session().step();
    }

    @Override
    public void stepOver() {}

    @Override
    public void stepReturn() {}
}
