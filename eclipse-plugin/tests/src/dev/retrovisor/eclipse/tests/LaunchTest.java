// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.RecordingSummary;
import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.control.ControlView;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.core.runtime.preferences.IEclipsePreferences;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrievalExtension;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IThread;
import org.eclipse.debug.core.model.MemoryByte;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Launches with a real monitor in QEMU, from the tabs to the end. */
@ExtendWith(TestLimit.class)
class LaunchTest {
    private static final Path HOME = Path.of(System.getProperty("retrovisor.home"));
    private static final Path TICKS = HOME.resolve("stub-monitor/build/guests/ticks.elf");
    private static final Path HELLO = HOME.resolve("stub-monitor/build/guests/hello.elf");

    @RegisterExtension
    final Launching launching = new Launching();

    private final ILaunchManager manager = DebugPlugin.getDefault().getLaunchManager();

    private static void stands(Session session) {
        Widgets.await(() -> "stands: " + session.state(), () -> session.state().isStopped());
    }

    @Test
    void aConfigurationMadeInTheTabsIsLaunchedAndControlled() throws Exception {
        LaunchDialog dialog = new LaunchDialog(launching.configuration("ticks", Map.of()));
        dialog.open(() -> {
            dialog.awaitText("Choose the guest");
            dialog.fill(
                    "Main",
                    LaunchSettings.GUEST,
                    TICKS.resolveSibling("none.elf").toString());
            dialog.awaitText("none.elf: not there");
            dialog.fill("Main", LaunchSettings.GUEST, TICKS.toString());
            dialog.photograph("launch-main.png");
            dialog.fill("Target", LaunchSettings.MEMORY, "2");
            dialog.awaitText("Memory: enter a number from 4");
            dialog.fill("Target", LaunchSettings.MEMORY, "128");
            dialog.photograph("launch-target.png");
            dialog.show("Recording");
            dialog.photograph("launch-recording.png");
            dialog.show("Source");
            dialog.awaitItem("Default");
            dialog.photograph("launch-source.png");
            dialog.press("Debug");
        });
        Widgets.await(() -> "a session", () -> Sessions.newest().isPresent());
        Session session = Sessions.newest().orElseThrow();
        Widgets.await(() -> "a target", () -> manager.getDebugTargets().length == 1);
        control(session);
    }

    /** In the Debug perspective view and Debug view have places of their own; here one would cover the other. */
    private static void staysUncovered() {
        DebugUITools.getPreferenceStore().setValue("org.eclipse.debug.ui.switch_perspective_on_suspend", "never");
        DebugUITools.getPreferenceStore().setValue("org.eclipse.debug.ui.activate_debug_view", false);
    }

    private void control(Session session) throws Exception {
        staysUncovered();
        ControlView view = (ControlView) Widgets.page().showView(ControlView.ID);
        awaitPlace(view, "at @0, history @0 to @0");
        for (int i = 1; i <= 3; i++) {
            Widgets.press(view, "Step");
            awaitPlace(view, "at @" + i + ", history @0 to @" + i);
        }
        compareWithGdb(session);
        Widgets.press(view, "Step Back");
        awaitPlace(view, "at @2, history @0 to @3");
        String there = compareWithGdb(session);
        writeInTheView("rbx", "0x1234", "0x0000000000001234");
        writeInTheView("rbx", "nonsense", "0x0000000000001234");
        awaitPlace(view, "rbx: nonsense is no number");
        compareWithGdb(session);
        session.goTo("end").get();
        session.reverseStep().get();
        Widgets.press(view, "Resume");
        awaitPlace(view, "at the end of history at @3");
        assertNotEquals(there, compareWithGdb(session));
        Widgets.press(view, "Resume");
        Widgets.await(() -> "runs", () -> session.state() == SessionState.RUNNING);
        IProcess process = manager.getProcesses()[0];
        Widgets.await(() -> "the guest's words: " + GuestWords.of(process), () -> GuestWords.of(process)
                .contains("ticks: ready"));
        Widgets.press(view, "Suspend");
        stands(session);
        assertTrue(session.instant().orElseThrow() > 3, String.valueOf(session.instant()));
        compareWithGdb(session);
        Widgets.all(Text.class).stream()
                .filter(text ->
                        (text.getStyle() & SWT.SEARCH) != 0 && text.getMessage().startsWith("a linear"))
                .forEach(text -> {
                    text.setText("0x100000");
                    text.notifyListeners(SWT.DefaultSelection, new Event());
                });
        Widgets.await(() -> "memory", () -> Widgets.all(Text.class).stream()
                .anyMatch(text -> text.getText().startsWith("0000000000100000  ")));
        Widgets.photograph("control.png");
        Widgets.press(view, "Run Back");
        awaitPlace(view, "at the beginning of history at @0");
    }

    private static void awaitPlace(ControlView view, String text) {
        Widgets.await(
                () -> text + ", see " + Widgets.photograph("control-failed.png") + ", in "
                        + Widgets.all(Label.class).stream()
                                .map(Label::getText)
                                .filter(one -> one.contains("@"))
                                .toList(),
                () -> Widgets.all(Label.class).stream()
                        .anyMatch(label -> label.getText().contains(text)));
    }

    /** The registers in the view, with what a gdb says that looks on; the instruction pointer. */
    private static String compareWithGdb(Session session) throws Exception {
        Map<String, String> gdb = Gdb.registers(session.port());
        Widgets.await(
                () -> "registers as gdb has them: " + gdb,
                () -> shown().entrySet().stream()
                                .filter(one -> gdb.containsKey(one.getKey()))
                                .filter(one -> one.getValue().equals(gdb.get(one.getKey())))
                                .count()
                        == gdb.size());
        return gdb.get("rip");
    }

    /** A double-click at the register's value, another text, and Enter. */
    private static void writeInTheView(String register, String text, String wanted) {
        Table table = Widgets.all(Table.class).stream()
                .filter(one ->
                        one.getColumnCount() == 3 && one.getColumn(1).getText().equals("Register"))
                .findFirst()
                .orElseThrow();
        TableItem row = Arrays.stream(table.getItems())
                .filter(item -> item.getText(1).equals(register))
                .findFirst()
                .orElseThrow();
        table.showItem(row);
        for (int kind : new int[] {SWT.MouseDown, SWT.MouseDoubleClick}) {
            Event click = new Event();
            click.button = 1;
            click.count = kind == SWT.MouseDown ? 1 : 2;
            click.x = row.getBounds(2).x + 5;
            click.y = row.getBounds(2).y + 5;
            table.notifyListeners(kind, click);
        }
        Text field = Widgets.under(table, Text.class).get(0);
        assertTrue(field.getText().startsWith("0x"), field.getText());
        field.setText(text);
        field.notifyListeners(SWT.DefaultSelection, new Event());
        Widgets.await(
                () -> register + " is " + wanted + " in " + shown(),
                () -> wanted.equals(Arrays.stream(table.getItems())
                        .filter(item -> item.getText(1).equals(register))
                        .map(item -> item.getText(2))
                        .findFirst()
                        .orElse("")));
    }

    private static Map<String, String> shown() {
        Map<String, String> all = new java.util.HashMap<>();
        Widgets.all(Table.class).stream()
                .filter(table -> table.getColumnCount() == 3
                        && table.getColumn(1).getText().equals("Register"))
                .flatMap(table -> Arrays.stream(table.getItems()))
                .filter(item -> item.getText(2).startsWith("0x"))
                .forEach(item ->
                        all.put(item.getText(1), new BigInteger(item.getText(2).substring(2), 16).toString(16)));
        return all;
    }

    @Test
    void theDebugViewsElementsMoveTheMachine() throws Exception {
        Session session =
                launching.launched(launching.configuration("hello", Map.of(LaunchSettings.GUEST, HELLO.toString())));
        IDebugTarget target = manager.getDebugTargets()[0];
        IThread cpu = target.getThreads()[0];
        assertTrue(cpu.isSuspended() && cpu.canStepInto() && !cpu.canSuspend());
        assertEquals("@0", cpu.getTopStackFrame().getName());
        cpu.stepInto();
        Widgets.await(() -> "a step", () -> session.instant().getAsLong() == 1);
        IMemoryBlockExtension memory =
                ((IMemoryBlockRetrievalExtension) target).getExtendedMemoryBlock("0x100000", cpu);
        MemoryByte[] bytes = memory.getBytesFromOffset(BigInteger.ZERO, 4);
        byte[] same = session.readMemory(0x100000, 4).get();
        for (int i = 0; i < same.length; i++) {
            assertEquals(same[i], bytes[i].getValue());
            assertTrue(bytes[i].isReadable());
        }
        assertFalse(memory.getBytesFromAddress(BigInteger.valueOf(0x7ffffffff000L), 1)[0].isReadable());
        IRegister general = cpu.getTopStackFrame().getRegisterGroups()[0].getRegisters()[0];
        assertTrue(general.supportsValueModification() && general.verifyValue("4660"));
        assertFalse(general.verifyValue("many"));
        general.setValue("4660");
        assertEquals("0x0000000000001234", general.getValue().getValueString());
        assertThrows(DebugException.class, () -> general.setValue("many"));
        assertEquals("0x0000000000001234", general.getValue().getValueString());
        cpu.resume();
        IProcess process = manager.getProcesses()[0];
        Widgets.await(() -> "the guest's words: " + GuestWords.of(process), () -> GuestWords.of(process)
                .contains("hello"));
        assertTrue(Launching.qemuRuns());
        target.terminate();
        Widgets.await(() -> "the end", () -> process.isTerminated() && target.isTerminated());
        assertFalse(Launching.qemuRuns());
    }

    @Test
    void aGuestIsRecordedIntoAFileWhichIsReplayed(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("hello.retro");
        Session live = launching.launched(launching.configuration(
                "record",
                Map.of(
                        LaunchSettings.GUEST, HELLO.toString(),
                        LaunchSettings.RECORD, LaunchSettings.TO_FILE,
                        LaunchSettings.OUTPUT, file.toString())));
        for (int i = 0; i < 5; i++) {
            live.step().get();
        }
        var registers = live.registers().get();
        launching.end();
        Launches.debug(file);
        Widgets.await(() -> "the replay", () -> Sessions.newest().isPresent());
        Session replay = Sessions.newest().orElseThrow();
        assertEquals(file, replay.recording().orElseThrow());
        assertEquals(5, replay.goTo("end").get());
        assertEquals(SessionState.END_OF_HISTORY, replay.state());
        assertEquals(registers, replay.registers().get());
        replay.reverseStep().get();
        assertEquals(4, replay.instant().orElseThrow());
    }

    /** A new user changes nothing in the tab Recording, and launches again and again. */
    @Test
    void eachLaunchRecordsIntoAFileOfItsOwnAndItsEventsAreSeen(@TempDir Path folder) throws Exception {
        Path recordings = folder.resolve("not there yet");
        IEclipsePreferences settings = InstanceScope.INSTANCE.getNode(Settings.NODE);
        settings.put(Settings.RECORDINGS, recordings.toString());
        try {
            ILaunchConfiguration ticks =
                    launching.configuration("ticks", Map.of(LaunchSettings.GUEST, TICKS.toString()));
            Path first = eventsOf(launching.launched(ticks), recordings);
            manager.getLaunches()[0].terminate();
            Widgets.await(() -> "the end", () -> manager.getLaunches()[0].isTerminated());
            Path second = eventsOf(launching.launched(ticks), recordings);
            assertNotEquals(first, second);
            launching.end();
            assertEquals(
                    List.of("whole", "whole"),
                    Recordings.in(recordings).stream()
                            .map(RecordingSummary::state)
                            .toList());
        } finally {
            settings.remove(Settings.RECORDINGS);
        }
    }

    /** Of a guest that has run a little; its recording. */
    private static Path eventsOf(Session session, Path recordings) throws Exception {
        Path file = session.recording().orElseThrow();
        assertEquals(recordings, file.getParent());
        assertTrue(file.getFileName().toString().matches("ticks-[0-9]{8}-[0-9]{6}(-2)?\\.retro"), file.toString());
        staysUncovered();
        RecordedIoView view = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
        RecordedIoTest.maximize(view);
        AtomicReference<CompletableFuture<Void>> run = new AtomicReference<>(session.resume());
        Widgets.await(() -> "events of " + file + ": " + RecordedIoTest.status(), () -> {
            session.suspend();
            boolean seen = view.file().equals(Optional.of(file))
                    && RecordedIoTest.table().getItemCount() > 0;
            if (!seen && run.get().isDone()) {
                run.set(session.resume());
            }
            return seen;
        });
        Widgets.await(() -> "stands: " + session.state(), () -> {
            session.suspend(); // the last run may begin only now
            return run.get().isDone();
        });
        Widgets.page().hideView(view);
        return file;
    }

    /** Of a guest that runs, too: all that the host had seen of it is in the file. */
    @Test
    void theLastOfARecordingIsInTheFileOfATerminatedLaunch(@TempDir Path folder) throws Exception {
        Beacon beacon = new Beacon(folder);
        launching.launched(launching.configuration("beacon", beacon.attributes()));
        Widgets.await(() -> "signs of life", () -> beacon.seen().length > 2000);
        byte[] seen = beacon.seen();
        manager.getLaunches()[0].terminate();
        Widgets.await(() -> "the end", () -> manager.getLaunches()[0].isTerminated());
        beacon.assertRecorded(seen);
    }

    @Test
    void aBrokenRecordingSaysSoInADialog(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("broken.retro"), "no recording".repeat(100));
        Launches.debug(file);
        String said = LaunchDialog.awaitMessage("broken.retro");
        assertTrue(said.contains("broken.retro: "), said);
    }

    @Test
    void aFileThatIsNoKernelSaysSoInADialog(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("notes.elf"), "no kernel");
        Launches.debug(file);
        String said = LaunchDialog.awaitMessage("notes.elf: ");
        assertTrue(said.contains("notes.elf: no Multiboot 1 header"), said);
    }

    /** And leaves no recording behind. */
    @Test
    void aMissingQemuSaysSoInADialog(@TempDir Path folder) throws Exception {
        ILaunchConfiguration wrong = launching.configuration(
                "wrong",
                Map.of(
                        LaunchSettings.GUEST, TICKS.toString(),
                        LaunchSettings.PROGRAM, "/nowhere/qemu-of-nobody",
                        LaunchSettings.OUTPUT, folder.toString()));
        assertTrue(wrong.exists());
        Launches.debug(TICKS);
        String said = LaunchDialog.awaitMessage("qemu-of-nobody");
        assertTrue(said.contains("not found; install it"), said);
        launching.end();
        assertEquals(List.of(), Recordings.in(folder));
    }
}
