// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;

/** The general, or the system registers. */
final class CpuRegisterGroup extends MachineElement implements IRegisterGroup {
    private final String name;
    private final CpuRegisters registers;

    CpuRegisterGroup(CpuFrame frame, String name, CpuRegisters registers) {
        super(frame.getDebugTarget());
        this.name = name;
        this.registers = registers;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public IRegister[] getRegisters() throws DebugException {
        return isSuspended() ? registers.of(this) : new IRegister[0];
    }

    @Override
    public boolean hasRegisters() {
        return isSuspended();
    }
}
