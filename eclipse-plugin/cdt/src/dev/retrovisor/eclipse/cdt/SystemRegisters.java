// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.Arrays;
import java.util.List;
import org.eclipse.cdt.dsf.concurrent.ImmediateDataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.debug.service.IRegisters.IRegisterDMContext;
import org.eclipse.cdt.dsf.debug.service.IRegisters.IRegisterGroupDMContext;
import org.eclipse.cdt.dsf.debug.service.IRegisters2;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.cdt.dsf.mi.service.IMIContainerDMContext;
import org.eclipse.cdt.dsf.mi.service.MIRegisters.MIRegisterDMC;
import org.eclipse.cdt.dsf.mi.service.MIRegisters.MIRegisterGroupDMC;
import org.eclipse.cdt.dsf.service.DsfServicesTracker;

/** The group of system registers and descriptors in the Registers view. CDT keeps groups in the launch configuration, so it may be there from a session before. */
final class SystemRegisters {
    static final String GROUP = "System Registers";

    private final IRegisters2 registers;
    private final Cli cli;

    SystemRegisters(DsfServicesTracker services) {
        registers = services.getService(IRegisters2.class);
        cli = new Cli(services.getService(IGDBControl.class));
    }

    void show(IMIContainerDMContext machine, RequestMonitor done) {
        registers.getRegisterGroups(machine, new ImmediateDataRequestMonitor<IRegisterGroupDMContext[]>(done) {
            @Override
            protected void handleSuccess() {
                if (Arrays.stream(getData()).anyMatch(SystemRegisters::isOurs)) {
                    done.done();
                } else {
                    cli.ask("monitor regs system desc", done, said -> add(machine, MonitorWords.registers(said), done));
                }
            }
        });
    }

    private static boolean isOurs(IRegisterGroupDMContext group) {
        return group instanceof MIRegisterGroupDMC mi && mi.getName().equals(GROUP);
    }

    private void add(IMIContainerDMContext machine, List<String> names, RequestMonitor done) {
        registers.getRegisters(machine, new ImmediateDataRequestMonitor<IRegisterDMContext[]>(done) {
            @Override
            protected void handleSuccess() {
                IRegisterDMContext[] ours = Arrays.stream(getData())
                        .filter(register -> names.contains(((MIRegisterDMC) register).getName()))
                        .toArray(IRegisterDMContext[]::new);
                registers.addRegisterGroup(machine, GROUP, ours, done);
            }
        });
    }
}
