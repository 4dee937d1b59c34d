// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.cdt.dsf.concurrent.DataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.ImmediateRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.Query;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.datamodel.CompositeDMContext;
import org.eclipse.cdt.dsf.datamodel.IDMContext;
import org.eclipse.cdt.dsf.debug.service.IRegisters;
import org.eclipse.cdt.dsf.debug.service.IRegisters.IRegisterDMContext;
import org.eclipse.cdt.dsf.debug.service.IRegisters.IRegisterGroupDMContext;
import org.eclipse.cdt.dsf.debug.service.IRunControl;
import org.eclipse.cdt.dsf.debug.service.IRunControl.IContainerDMContext;
import org.eclipse.cdt.dsf.debug.service.IRunControl.StepType;
import org.eclipse.cdt.dsf.debug.service.IStack;
import org.eclipse.cdt.dsf.debug.service.IStack.IFrameDMContext;
import org.eclipse.cdt.dsf.debug.service.IStack.IFrameDMData;
import org.eclipse.cdt.dsf.gdb.launching.GdbLaunch;
import org.eclipse.cdt.dsf.gdb.service.IGDBProcesses;
import org.eclipse.cdt.dsf.gdb.service.IReverseRunControl;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.cdt.dsf.mi.service.IMIContainerDMContext;
import org.eclipse.cdt.dsf.mi.service.IMIExecutionDMContext;
import org.eclipse.cdt.dsf.mi.service.MIRegisters.MIRegisterDMC;
import org.eclipse.cdt.dsf.mi.service.MIRegisters.MIRegisterGroupDMC;
import org.eclipse.cdt.dsf.mi.service.command.commands.CLICommand;
import org.eclipse.cdt.dsf.mi.service.command.output.MIInfo;
import org.eclipse.cdt.dsf.mi.service.command.output.MILogStreamOutput;
import org.eclipse.cdt.dsf.mi.service.command.output.MIStreamRecord;
import org.eclipse.cdt.dsf.service.DsfServicesTracker;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.osgi.framework.FrameworkUtil;

/** A launch of a guest, driven by the services that CDT's views use. */
final class Debugger implements AutoCloseable {
    final GdbLaunch launch;
    final DsfSession session;
    private final DsfServicesTracker services;
    private final Stops stops = new Stops();

    private Debugger(GdbLaunch launch) throws Exception {
        this.launch = launch;
        session = launch.getSession();
        services =
                new DsfServicesTracker(FrameworkUtil.getBundle(Debugger.class).getBundleContext(), session.getId());
        run(done -> {
            session.addServiceEventListener(stops, null);
            done.done();
        });
    }

    /** The guest is stopped at its first instruction. */
    static Debugger launch(String guest, Consumer<ILaunchConfigurationWorkingCopy> options) throws Exception {
        ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = manager.getLaunchConfigurationType(
                        "dev.retrovisor.eclipse.cdt.tests.guest")
                .newInstance(null, manager.generateLaunchConfigurationName(guest));
        configuration.setAttribute(GuestDelegate.GUEST, guest);
        options.accept(configuration);
        return launch(configuration.doSave());
    }

    static Debugger launch(ILaunchConfiguration configuration) throws Exception {
        return new Debugger((GdbLaunch) configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor()));
    }

    static Debugger launch(String guest) throws Exception {
        return launch(guest, configuration -> {});
    }

    <T> T service(Class<T> type) {
        return services.getService(type);
    }

    /** Asks on the session's executor, and waits. */
    <T> T ask(Consumer<DataRequestMonitor<T>> question) throws Exception {
        Query<T> query = new Query<>() {
            @Override
            protected void execute(DataRequestMonitor<T> answer) {
                question.accept(answer);
            }
        };
        session.getExecutor().execute(query);
        return query.get(Stops.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    void run(Consumer<RequestMonitor> action) throws Exception {
        this.<Object>ask(answer -> action.accept(new ImmediateRequestMonitor(answer)));
    }

    /** Lets the guest run, in whichever direction, until it stops. */
    private void go(String what, Consumer<RequestMonitor> action) throws Exception {
        stops.forget();
        run(action);
        stops.await(what);
    }

    IMIContainerDMContext machine() {
        IGDBProcesses processes = service(IGDBProcesses.class);
        return processes.createContainerContextFromGroupId(
                service(IGDBControl.class).getContext(), "i1");
    }

    IMIExecutionDMContext cpu() throws Exception {
        return ask(answer -> answer.done(service(IGDBProcesses.class).getExecutionContexts(machine())[0]));
    }

    /** The CPU's stack. */
    IFrameDMContext[] frames() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        return ask(answer -> service(IStack.class).getFrames(cpu, answer));
    }

    IRegisterGroupDMContext registerGroup(String name) throws Exception {
        IRegisterGroupDMContext[] groups =
                ask(answer -> service(IRegisters.class).getRegisterGroups(machine(), answer));
        return Stream.of(groups)
                .filter(group -> ((MIRegisterGroupDMC) group).getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no group " + name));
    }

    IRegisterDMContext[] registers(String group) throws Exception {
        IDMContext context = new CompositeDMContext(new IDMContext[] {cpu(), registerGroup(group)});
        return ask(answer -> service(IRegisters.class).getRegisters(context, answer));
    }

    List<String> registerNames(String group) throws Exception {
        return Stream.of(registers(group))
                .map(register -> ((MIRegisterDMC) register).getName())
                .toList();
    }

    void restart() throws Exception {
        IGDBProcesses processes = service(IGDBProcesses.class);
        this.<IContainerDMContext>ask(answer -> processes.restart(machine(), null, answer));
    }

    void resume() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        go("resume", done -> service(IRunControl.class).resume(cpu, done));
    }

    void resumeWithoutEnd() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        run(done -> service(IRunControl.class).resume(cpu, done));
    }

    void suspend() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        go("suspend", done -> service(IRunControl.class).suspend(cpu, done));
    }

    void step(StepType type) throws Exception {
        IMIExecutionDMContext cpu = cpu();
        go("step", done -> service(IRunControl.class).step(cpu, type, done));
    }

    void reverseStep(StepType type) throws Exception {
        IMIExecutionDMContext cpu = cpu();
        go("reverse step", done -> service(IReverseRunControl.class).reverseStep(cpu, type, done));
    }

    void reverseResume() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        go("reverse resume", done -> service(IReverseRunControl.class).reverseResume(cpu, done));
    }

    /** Sets the first watchpoint, for writes, as a user does, and waits until gdb has it. */
    void watch(String expression) throws Exception {
        assertFalse(hasWatchpoint()); // or what is waited for says nothing
        Workbench.watch(expression);
        Workbench.await("gdb has the watchpoint", this::hasWatchpoint);
    }

    /** Without any gdb says "No breakpoints or watchpoints". */
    private boolean hasWatchpoint() throws Exception {
        return gdb("info breakpoints").contains("hw watchpoint");
    }

    /** Whether gdb is there yet. */
    boolean isActive() {
        return DsfSession.isSessionActive(session.getId());
    }

    boolean isSuspended() throws Exception {
        return this.<Boolean>ask(
                answer -> answer.done(service(IRunControl.class).isSuspended(machine())));
    }

    IFrameDMData top() throws Exception {
        IMIExecutionDMContext cpu = cpu();
        IFrameDMContext frame = ask(answer -> service(IStack.class).getTopFrame(cpu, answer));
        return ask(answer -> service(IStack.class).getFrameData(frame, answer));
    }

    /** Function and line of the top frame. */
    String place() throws Exception {
        IFrameDMData top = top();
        return top.getFunction() + ":" + top.getLine();
    }

    /** What gdb's own command line says, past all that CDT remembers. */
    String gdb(String command) throws Exception {
        IGDBControl control = service(IGDBControl.class);
        MIInfo info = this.<MIInfo>ask(
                answer -> control.queueCommand(new CLICommand<MIInfo>(control.getContext(), command), answer));
        return Stream.of(info.getMIOutput().getMIOOBRecords())
                .filter(record -> record instanceof MIStreamRecord && !(record instanceof MILogStreamOutput))
                .map(record -> ((MIStreamRecord) record).getString())
                .collect(Collectors.joining())
                .strip();
    }

    @Override
    public void close() throws Exception {
        if (!launch.isTerminated()) {
            launch.terminate();
        }
        Workbench.await("the launch ends", launch::isTerminated);
        DebugPlugin.getDefault().getLaunchManager().removeLaunch(launch);
        services.dispose();
    }
}
