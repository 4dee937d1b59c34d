// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.session.Register;
import java.math.BigInteger;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.IValue;
import org.eclipse.debug.core.model.IVariable;

/** A register, and its value. */
final class CpuRegister extends MachineElement implements IRegister, IValue {
    private final IRegisterGroup group;
    private final String name;
    private final CpuRegisters registers;

    CpuRegister(CpuFrame frame, IRegisterGroup group, String name, CpuRegisters registers) {
        super(frame.getDebugTarget());
        this.group = group;
        this.name = name;
        this.registers = registers;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public IRegisterGroup getRegisterGroup() {
        return group;
    }

    @Override
    public IValue getValue() {
        return this;
    }

    @Override
    public String getValueString() throws DebugException {
        return registers.value(name);
    }

    @Override
    public boolean hasValueChanged() {
        return registers.hasChanged(name);
    }

    @Override
    public String getReferenceTypeName() {
        return "";
    }

    @Override
    public boolean isAllocated() {
        return true;
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
    public boolean supportsValueModification() {
        return isSuspended();
    }

    @Override
    public boolean verifyValue(String expression) {
        return Register.parse(expression).isPresent();
    }

    @Override
    public boolean verifyValue(IValue value) throws DebugException {
        return verifyValue(value.getValueString());
    }

    @Override
    public void setValue(String expression) throws DebugException {
        BigInteger value = Register.parse(expression)
                .orElseThrow(() ->
                        new DebugException(Status.error(expression + ": expected a number, such as 0x1000 or 4096")));
        await(session().writeRegister(name, value));
    }

    @Override
    public void setValue(IValue value) throws DebugException {
        setValue(value.getValueString());
    }

    /** The same register at another stop is the same for a view, which keeps it selected. */
    @Override
    public boolean equals(Object other) {
        return other instanceof CpuRegister register && register.registers == registers && register.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
