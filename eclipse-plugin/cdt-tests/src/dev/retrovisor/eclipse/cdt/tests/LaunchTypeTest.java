// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.tests.Beacon;
import dev.retrovisor.eclipse.tests.RunningMonitor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.cdt.debug.core.CDIDebugModel;
import org.eclipse.cdt.debug.core.model.ICBreakpointType;
import org.eclipse.cdt.dsf.debug.service.IMemorySpaces;
import org.eclipse.cdt.dsf.debug.service.IProcesses;
import org.eclipse.cdt.dsf.debug.service.IRunControl.StepType;
import org.eclipse.cdt.dsf.gdb.service.IReverseRunControl;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.preferences.IEclipsePreferences;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.sourcelookup.AbstractSourceLookupDirector;
import org.eclipse.debug.core.sourcelookup.ISourceContainer;
import org.eclipse.debug.core.sourcelookup.containers.DirectorySourceContainer;
import org.junit.jupiter.api.AfterEach;
import dev.retrovisor.eclipse.tests.TestLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The launch configuration type <em>OS under Retrovisor</em> with CDT in the Eclipse: all that it can debug, in CDT's hands. */
@ExtendWith(TestLimit.class)
class LaunchTypeTest {
    private static final String CALLS = GuestDelegate.elf("calls").toString();
    private static final IEclipsePreferences SETTINGS = InstanceScope.INSTANCE.getNode(Settings.NODE);

    @TempDir
    Path folder;

    @AfterEach
    void nothingStays() throws Exception {
        SETTINGS.remove(Settings.GDB);
        Workbench.removeBreakpoints();
        Workbench.await("the session ends", () -> Sessions.active().isEmpty());
        Workbench.await("QEMU ends", () -> ProcessHandle.current()
                .descendants()
                .noneMatch(one -> one.info().command().orElse("").contains("qemu")));
    }

    private static ILaunchConfiguration configuration(Map<String, String> attributes) throws CoreException {
        ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = manager.getLaunchConfigurationType(LaunchSettings.TYPE)
                .newInstance(null, manager.generateLaunchConfigurationName("guest"));
        attributes.forEach(configuration::setAttribute);
        return configuration.doSave();
    }

    private static Debugger launch(Map<String, String> attributes) throws Exception {
        return Debugger.launch(configuration(attributes));
    }

    @Test
    void aGuestInQemuIsDebugged() throws Exception {
        try (Debugger debugger = launch(Map.of(LaunchSettings.GUEST, CALLS))) {
            isDebuggedBothWays(debugger);
            runsUntilSuspended(debugger);
        }
    }

    @Test
    void aMachineIsDebuggedByTcpAndRunsOnWhenDetached() throws Exception {
        try (RunningMonitor machine = RunningMonitor.byTcp(folder, "calls")) {
            Map<String, String> attributes = Map.of(
                    LaunchSettings.TARGET,
                    LaunchSettings.TCP,
                    LaunchSettings.ADDRESS,
                    machine.address(),
                    LaunchSettings.GUEST,
                    CALLS);
            try (Debugger debugger = launch(attributes)) {
                isDebuggedBothWays(debugger);
                runsUntilSuspended(debugger);
            }
            assertTrue(machine.isAlive());
            Debugger again = launch(attributes);
            long instant = Sessions.newest().orElseThrow().instant().getAsLong();
            again.run(done -> again.service(IProcesses.class).detachDebuggerFromProcess(again.machine(), done));
            Workbench.await("gdb ends", () -> !again.isActive());
            again.close();
            try (Debugger last = launch(attributes)) {
                assertTrue(Sessions.newest().orElseThrow().instant().getAsLong() > instant);
                assertNotEquals("", last.gdb("output/x $pc"));
            }
        }
    }

    @Test
    void aMachineIsDebuggedByASerialLine() throws Exception {
        try (RunningMonitor machine = RunningMonitor.bySerialLine(folder, "calls")) {
            try (Debugger debugger = launch(Map.of(
                    LaunchSettings.TARGET,
                    LaunchSettings.SERIAL,
                    LaunchSettings.DEVICE,
                    machine.address(),
                    LaunchSettings.GUEST,
                    CALLS))) {
                isDebuggedBothWays(debugger);
                runsUntilSuspended(debugger);
            }
            assertTrue(machine.isAlive());
        }
    }

    /** Its symbols are those of the file that the recording names: gdb gets them from the bridge. */
    @Test
    void aRecordingIsDebugged() throws Exception {
        Path file = folder.resolve("calls.retro");
        Workbench.breakAt("inner", ICBreakpointType.REGULAR);
        try (Debugger live = launch(Map.of(
                LaunchSettings.GUEST,
                CALLS,
                LaunchSettings.RECORD,
                LaunchSettings.TO_FILE,
                LaunchSettings.OUTPUT,
                file.toString()))) {
            live.resume();
            live.step(StepType.STEP_RETURN);
        }
        nothingStays();
        try (Debugger debugger =
                launch(Map.of(LaunchSettings.KIND, LaunchSettings.RECORDING, LaunchSettings.FILE, file.toString()))) {
            isDebuggedBothWays(debugger);
        }
    }

    /** Of a guest that runs: all that the host had seen of it when the launch was terminated. */
    @Test
    void theLastOfARecordingIsInTheFileOfATerminatedLaunch() throws Exception {
        Beacon beacon = new Beacon(folder);
        Debugger debugger = launch(beacon.attributes());
        Workbench.await("signs of life", () -> beacon.seen().length > 2000);
        byte[] seen = beacon.seen();
        debugger.close();
        Workbench.await("the session's process ends", () -> Stream.of(debugger.launch.getProcesses())
                .allMatch(IProcess::isTerminated));
        beacon.assertRecorded(seen);
    }

    /** Breakpoint, stack, watchpoint, steps, journeys, registers, memory; the session that the views follow is where gdb is. */
    private static void isDebuggedBothWays(Debugger debugger) throws Exception {
        String first = debugger.gdb("output/x $pc");
        IReverseRunControl reverse = debugger.service(IReverseRunControl.class);
        assertTrue(debugger.<Boolean>ask(answer ->
                reverse.isReverseModeEnabled(debugger.service(IGDBControl.class).getContext(), answer)));
        Workbench.breakAt("inner", ICBreakpointType.HARDWARE);
        Workbench.await(
                "gdb has the breakpoint", () -> debugger.gdb("info breakpoints").contains("hw breakpoint"));
        debugger.resume();
        assertEquals("inner", debugger.top().getFunction());
        assertTrue(debugger.frames().length >= 5, debugger.gdb("backtrace"));
        debugger.step(StepType.STEP_RETURN);
        Workbench.removeBreakpoints();
        debugger.watch("watched");
        debugger.reverseResume();
        assertEquals("inner", debugger.top().getFunction());
        Workbench.removeBreakpoints();
        Workbench.await("gdb has none", () -> debugger.gdb("info breakpoints").startsWith("No breakpoints"));
        String there = debugger.gdb("output/x $pc");
        debugger.reverseStep(StepType.INSTRUCTION_STEP_INTO);
        assertNotEquals(there, debugger.gdb("output/x $pc"));
        debugger.step(StepType.INSTRUCTION_STEP_INTO);
        assertEquals(there, debugger.gdb("output/x $pc"));
        theViewsFollow(debugger, there);
        debugger.restart();
        theViewsFollow(debugger, first);
        Session session = Sessions.newest().orElseThrow();
        assertTrue(session.isLed());
        Workbench.await(
                "the session has seen the restart", () -> session.instant().getAsLong() == 0);
        List<String> names = debugger.registerNames("System Registers");
        assertTrue(names.containsAll(List.of("cr0", "cr3", "efer", "gdtr_base", "lstar", "tr")), names.toString());
        assertArrayEquals(new String[] {"virtual", "physical"}, debugger.<String[]>ask(answer -> debugger.service(
                        IMemorySpaces.class)
                .getMemorySpaces(debugger.machine(), answer)));
        long end = session.goTo("end").get();
        assertTrue(end > 0);
        theViewsFollow(debugger, debugger.gdb("output/x $pc"));
    }

    private static void theViewsFollow(Debugger debugger, String pc) throws Exception {
        assertEquals(pc, debugger.gdb("output/x $pc"));
        Workbench.await("the session is at " + pc, () -> rip(Sessions.newest().orElseThrow())
                .equals(pc));
    }

    private static void runsUntilSuspended(Debugger debugger) throws Exception {
        String end = debugger.gdb("output/x $pc");
        debugger.resumeWithoutEnd();
        Workbench.await("the guest runs", () -> !debugger.isSuspended());
        debugger.suspend();
        assertTrue(debugger.isSuspended());
        assertNotEquals(end, debugger.gdb("output/x $pc"));
    }

    @Test
    void whatShallNotStandRuns() throws Exception {
        try (Debugger debugger = launch(Map.of(LaunchSettings.GUEST, CALLS, LaunchSettings.STOPPED, "false"))) {
            Workbench.await("the guest runs", () -> !debugger.isSuspended());
            debugger.suspend();
            assertTrue(debugger.gdb("monitor status").contains("live end"), debugger.gdb("monitor status"));
            Workbench.await(
                    "the session has seen it",
                    () -> Sessions.newest().orElseThrow().instant().orElse(0) > 0);
        }
    }

    @Test
    void aBreakpointIsSetWhileTheGuestRuns() throws Exception {
        try (Debugger debugger = launch(Map.of(LaunchSettings.GUEST, CALLS))) {
            debugger.resumeWithoutEnd();
            Workbench.await("the guest runs", () -> !debugger.isSuspended());
            Workbench.breakAt("inner", ICBreakpointType.REGULAR);
            Workbench.await("the guest stops", debugger::isSuspended);
            Workbench.await(
                    "at the breakpoint",
                    () -> debugger.isSuspended() && debugger.top().getFunction().equals("inner"));
        }
    }

    @Test
    void theGdbOfThePreferencesIsStarted() throws Exception {
        SETTINGS.put(Settings.GDB, "no-such-gdb-is-set");
        CoreException refusal = assertThrows(CoreException.class, () -> launch(Map.of(LaunchSettings.GUEST, CALLS)));
        assertTrue(refusal.getMessage().contains("no-such-gdb-is-set"), refusal.getMessage());
        nothingStays();
        Path mark = folder.resolve("was started");
        Path ours = Files.writeString(folder.resolve("our-gdb"), "#!/bin/sh\ntouch '" + mark + "'\nexec gdb \"$@\"\n");
        assertTrue(ours.toFile().setExecutable(true));
        SETTINGS.put(Settings.GDB, ours.toString());
        try (Debugger debugger = launch(Map.of(LaunchSettings.GUEST, CALLS))) {
            assertTrue(Files.exists(mark));
            assertNotEquals("", debugger.gdb("output/x $pc"));
        }
    }

    /** The guest was built in a folder that is not here; its sources are where the tab Source says. */
    @Test
    void sourcesAreFoundWhereTheTabSays() throws Exception {
        Path elf = elsewhere(GuestDelegate.elf("calls"), GuestDelegate.HOME.resolve("stub-monitor/guests"));
        ILaunchConfiguration plain = configuration(Map.of(LaunchSettings.GUEST, elf.toString()));
        try (Debugger debugger = Debugger.launch(plain)) {
            assertEquals(null, source(debugger));
        }
        nothingStays();
        ILaunchConfigurationWorkingCopy told = plain.getWorkingCopy();
        told.setAttribute(ILaunchConfiguration.ATTR_SOURCE_LOCATOR_MEMENTO, memento(plain));
        try (Debugger debugger = Debugger.launch(told.doSave())) {
            assertNotNull(source(debugger));
            Path file = GuestDelegate.HOME.resolve("stub-monitor/guests/calls.c");
            CDIDebugModel.createLineBreakpoint(
                    file.toString(),
                    Workbench.root(),
                    ICBreakpointType.REGULAR,
                    lineOf(file, "sum_of_numbers("),
                    true,
                    0,
                    "",
                    true);
            Workbench.await("gdb has the breakpoint", () -> debugger.gdb("info breakpoints")
                    .contains("in sum_of_numbers at"));
            debugger.resume();
            assertEquals("sum_of_numbers", debugger.top().getFunction()); // and a breakpoint that was set in its editor
        }
    }

    private static int lineOf(Path file, String text) throws Exception {
        List<String> lines = Files.readAllLines(file);
        return 1
                + lines.indexOf(lines.stream()
                        .filter(line -> line.contains(text))
                        .findFirst()
                        .orElseThrow());
    }

    /** What an editor would show for the function inner. */
    private static Object source(Debugger debugger) throws Exception {
        debugger.gdb("tbreak inner");
        debugger.resume();
        String file = debugger.top().getFile();
        assertTrue(file.endsWith("calls.c"), file);
        return ((AbstractSourceLookupDirector) debugger.launch.getSourceLocator()).getSourceElement(file);
    }

    /** As the tab keeps it. */
    private static String memento(ILaunchConfiguration configuration) throws CoreException {
        String type = configuration.getType().getSourceLocatorId();
        AbstractSourceLookupDirector director = (AbstractSourceLookupDirector)
                DebugPlugin.getDefault().getLaunchManager().newSourceLocator(type);
        director.initializeDefaults(configuration);
        ISourceContainer sources = new DirectorySourceContainer(
                GuestDelegate.HOME.resolve("stub-monitor/guests").toFile(), false);
        director.setSourceContainers(Stream.concat(Stream.of(director.getSourceContainers()), Stream.of(sources))
                .toArray(ISourceContainer[]::new));
        return director.getMemento();
    }

    /** A copy that says it was built in a folder which does not exist. */
    private Path elsewhere(Path elf, Path built) throws Exception {
        String nowhere = "/nowhere"
                + "/x"
                        .repeat(built.toString().length())
                        .substring(0, built.toString().length() - 8);
        String bytes = Files.readString(elf, StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains(built.toString()), "the guest names the folder that it was built in");
        return Files.writeString(
                folder.resolve("calls.elf"), bytes.replace(built.toString(), nowhere), StandardCharsets.ISO_8859_1);
    }

    /** gdb cannot read a System.map; the bridge makes a file of it that gdb gets. */
    @Test
    void aSystemMapGivesSymbols() throws Exception {
        Path kernel = debiansKernel();
        Path map = Files.writeString(
                folder.resolve("System.map"), "0000000001000000 T first_code\n0000000001001000 T second_code\n");
        try (Debugger debugger = launch(Map.of(
                LaunchSettings.KIND,
                LaunchSettings.LINUX,
                LaunchSettings.KERNEL,
                kernel.toString(),
                LaunchSettings.SYMBOLS,
                map.toString()))) {
            String said = debugger.gdb("info address second_code");
            assertTrue(said.contains("is at 0x1001000"), said);
        }
    }

    private static Path debiansKernel() throws Exception {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        Path boot = Path.of(cache, "retrovisor/linux/boot");
        assumeTrue(Files.isDirectory(boot), "Debian's kernel was fetched (./retrovisor linux)");
        try (Stream<Path> files = Files.list(boot)) {
            List<Path> kernels = files.filter(
                            one -> one.getFileName().toString().startsWith("vmlinuz"))
                    .toList();
            assumeTrue(!kernels.isEmpty(), "Debian's kernel was fetched (./retrovisor linux)");
            return kernels.get(0);
        }
    }

    /** As gdb's {@code output/x} would print it. */
    private static String rip(Session session) throws Exception {
        String value = session.registers().get().stream()
                .filter(register -> register.name().equals("rip"))
                .map(Register::value)
                .findFirst()
                .orElseThrow();
        return "0x" + Long.toHexString(Long.parseUnsignedLong(value.substring(2), 16));
    }
}
