// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.session.Register;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;

/** The CPU's registers for the platform's Registers view, read once at each stop. */
final class CpuRegisters {
    private final CpuFrame frame;
    private final IRegisterGroup[] groups;
    private List<Register> all = List.of();
    private Map<String, String> before = Map.of();
    private Map<String, String> now = Map.of();
    private boolean isStale = true;

    CpuRegisters(CpuFrame frame) {
        this.frame = frame;
        groups = new IRegisterGroup[] {
            new CpuRegisterGroup(frame, Register.GENERAL, this), new CpuRegisterGroup(frame, Register.SYSTEM, this)
        };
    }

    IRegisterGroup[] groups() {
        return groups;
    }

    /** The machine has stopped somewhere. */
    synchronized void moved() {
        isStale = true;
    }

    private synchronized void read() throws DebugException {
        if (isStale) {
            all = MachineElement.await(frame.session().registers());
            before = now;
            now = new HashMap<>();
            all.forEach(register -> now.put(register.name(), register.value()));
            isStale = false;
        }
    }

    synchronized IRegister[] of(IRegisterGroup group) throws DebugException {
        read();
        String name = group.getName();
        return all.stream()
                .filter(register -> register.group().equals(name))
                .map(register -> new CpuRegister(frame, group, register.name(), this))
                .toArray(IRegister[]::new);
    }

    synchronized String value(String name) throws DebugException {
        read();
        return now.getOrDefault(name, "");
    }

    synchronized boolean hasChanged(String name) {
        return !before.getOrDefault(name, now.getOrDefault(name, "")).equals(now.getOrDefault(name, ""));
    }
}
