// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.IStackFrame;
import org.eclipse.debug.core.model.IThread;
import org.eclipse.debug.core.model.IVariable;

/** The one frame that is known without symbols: where the CPU stands. */
final class CpuFrame extends MachineElement implements IStackFrame {
    private final CpuThread cpu;
    private final CpuRegisters registers = new CpuRegisters(this);

    CpuFrame(CpuThread cpu) {
        super(cpu.getDebugTarget());
        this.cpu = cpu;
    }

    /** The machine has stopped somewhere. */
    void moved() {
        registers.moved();
    }

    @Override
    public IThread getThread() {
        return cpu;
    }

    @Override
    public String getName() {
        return session().instant().isPresent() ? "@" + session().instant().getAsLong() : "not recorded";
    }

    @Override
    public IVariable[] getVariables() {
        return new IVariable[0];
    }

    @Override
    public boolean hasVariables() {
        return false;
    }

    @Override
    public int getLineNumber() {
        return -1;
    }

    @Override
    public int getCharStart() {
        return -1;
    }

    @Override
    public int getCharEnd() {
        return -1;
    }

    @Override
    public IRegisterGroup[] getRegisterGroups() {
        return registers.groups();
    }

    @Override
    public boolean hasRegisterGroups() {
        return true;
    }

    @Override
    public boolean canStepInto() {
        return cpu.canStepInto();
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
        return cpu.isStepping();
    }

    @Override
    public void stepInto() {
        cpu.stepInto();
    }

    @Override
    public void stepOver() {}

    @Override
    public void stepReturn() {}
}
