// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import dev.retrovisor.eclipse.core.SourceDebugger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.cdt.dsf.concurrent.ImmediateDataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitorWithProgress;
import org.eclipse.cdt.dsf.debug.service.IRunControl;
import org.eclipse.cdt.dsf.gdb.launching.FinalLaunchSequence_7_12;
import org.eclipse.cdt.dsf.gdb.service.GDBProcesses_7_2;
import org.eclipse.cdt.dsf.gdb.service.IGDBProcesses;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.cdt.dsf.mi.service.IMIContainerDMContext;
import org.eclipse.cdt.dsf.mi.service.MIBreakpointsManager;
import org.eclipse.cdt.dsf.service.DsfServicesTracker;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.debug.core.ILaunch;
import org.osgi.framework.FrameworkUtil;

/**
 * What CDT does at the beginning of a session with gdb, with our steps in the place of those that make or attach to a process. Public because CDT calls the steps by
 * reflection.
 */
public final class ConnectSequence extends FinalLaunchSequence_7_12 {
    private static final List<String> NOT_OURS =
            List.of("stepNewProcess", "stepRemoteConnection", "stepAttachToProcess", "stepAttachRemoteToDebugger");

    /** CDT's own step stepSetSourceLookupPath is left out by CDT (its bug 225805, for speed in large projects): without it gdb finds no source in a folder of the tab Source. */
    private static final List<String> OURS = List.of(
            "stepSettings",
            "stepSymbols",
            "stepSetSourceLookupPath",
            "stepConnect",
            "stepBreakpoints",
            "stepRegisters",
            "stepHistory");

    private static final List<String> SETTINGS = List.of(
            "set remotetimeout 30", // a journey through a recording may take that long
            "set breakpoint always-inserted on", // else every stop removes and inserts all of them
            "set backtrace limit 64", // CDT asks for the whole stack, and without symbols gdb finds no end of it
            "set osabi none", // a kernel follows no operating system's conventions
            "set dprintf-style agent"); // a kernel has no printf that gdb could call

    private final DsfServicesTracker services;

    ConnectSequence(DsfSession session, Map<String, Object> attributes, RequestMonitorWithProgress done) {
        super(session, attributes, done);
        services = new DsfServicesTracker(
                FrameworkUtil.getBundle(ConnectSequence.class).getBundleContext(), session.getId());
    }

    @Override
    protected String[] getExecutionOrder(String group) {
        String[] all = super.getExecutionOrder(group);
        if (!GROUP_TOP_LEVEL.equals(group)) {
            return all;
        }
        List<String> order = new ArrayList<>(Arrays.asList(all));
        order.removeAll(NOT_OURS);
        order.addAll(order.indexOf("stepDataModelInitializationComplete"), OURS);
        order.addAll(List.of("stepRun", "stepDispose"));
        return order.toArray(new String[0]);
    }

    private IGDBControl control() {
        return services.getService(IGDBControl.class);
    }

    private ILaunch launch() {
        return (ILaunch) getSession().getModelAdapter(ILaunch.class);
    }

    /** gdb's own first inferior: before it is connected gdb knows no process. */
    private IMIContainerDMContext container() {
        return services.getService(IGDBProcesses.class)
                .createContainerContextFromGroupId(control().getContext(), GDBProcesses_7_2.INITIAL_THREAD_GROUP_ID);
    }

    @Execute
    public void stepSettings(RequestMonitor done) {
        new Cli(control()).run(SETTINGS, done);
    }

    @Execute
    public void stepSymbols(RequestMonitor done) {
        String symbols = launch().getAttribute(SourceDebugger.SYMBOLS);
        if (symbols == null) {
            done.done();
        } else {
            control()
                    .queueCommand(
                            control().getCommandFactory().createMIFileExecAndSymbols(container(), symbols),
                            new ImmediateDataRequestMonitor<>(done));
        }
    }

    @Execute
    public void stepConnect(RequestMonitor done) {
        String port = launch().getAttribute(SourceDebugger.PORT);
        control()
                .queueCommand(
                        control()
                                .getCommandFactory()
                                .createMITargetSelect(control().getContext(), "127.0.0.1", port, false),
                        new ImmediateDataRequestMonitor<>(done));
    }

    @Execute
    public void stepBreakpoints(RequestMonitor done) {
        services.getService(MIBreakpointsManager.class).startTrackingBpForProcess(container(), done);
    }

    @Execute
    public void stepRegisters(RequestMonitor done) {
        new SystemRegisters(services).show(container(), done);
    }

    @Execute
    public void stepHistory(RequestMonitor done) {
        services.getService(ReverseRunControl.class).lookForHistory(done);
    }

    @Execute
    public void stepRun(RequestMonitor done) {
        if (launch().getAttribute(SourceDebugger.RUNNING) == null) {
            done.done();
        } else {
            services.getService(IRunControl.class).resume(container(), done);
        }
    }

    @Execute
    public void stepDispose(RequestMonitor done) {
        services.dispose();
        done.done();
    }
}
