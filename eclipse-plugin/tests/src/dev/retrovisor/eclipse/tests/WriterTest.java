// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static dev.retrovisor.eclipse.tests.TestLaunches.TICKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.cli.Main;
import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.core.model.IMemoryBlock;
import org.eclipse.debug.core.model.IMemoryBlockRetrievalExtension;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.IStackFrame;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IViewPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** <em>Who wrote this memory?</em> from the views Memory and Registers, whose selection is asked for: the answer is what gdb finds with a watchpoint, backwards. */
@ExtendWith(TestLimit.class)
class WriterTest {
    private static final long INSTANTS = 10_000_000; // ten ticks

    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    private Path folder;

    private Path file;
    private Session session;
    private RecordedIoView view;

    @BeforeEach
    void replay() throws Exception {
        file = folder.resolve("ticks.retro");
        TestLaunches.recorded(launching, TICKS, file, INSTANTS);
        launching.end();
        session = TestLaunches.replayed(file);
        session.goTo("end").get();
        view = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
        Widgets.await(() -> "the end", () -> view.instant().equals(session.instant()));
    }

    @AfterEach
    void end() throws Exception {
        launching.end();
        for (String id :
                List.of(RecordedIoView.ID, IDebugUIConstants.ID_MEMORY_VIEW, IDebugUIConstants.ID_REGISTER_VIEW)) {
            IViewPart part = Widgets.page().findView(id);
            if (part != null) {
                Widgets.page().hideView(part);
            }
        }
    }

    private static IDebugTarget target() {
        IDebugTarget[] all = DebugPlugin.getDefault().getLaunchManager().getDebugTargets();
        return all[all.length - 1];
    }

    private static IStackFrame frame() throws Exception {
        return target().getThreads()[0].getTopStackFrame();
    }

    @Test
    void theSelectedMemoryWasWrittenByWhomGdbFinds() throws Exception {
        String address = Gdb.addressOf(TICKS, "ticks");
        IMemoryBlock block = ((IMemoryBlockRetrievalExtension) target()).getExtendedMemoryBlock(address, frame());
        IViewPart memory = Widgets.page().showView(IDebugUIConstants.ID_MEMORY_VIEW);
        memory.getSite().getSelectionProvider().setSelection(new StructuredSelection(block));
        DebugPlugin.getDefault().getMemoryBlockManager().addMemoryBlocks(new IMemoryBlock[] {block});
        Widgets.live(1000);
        memory.getSite().getSelectionProvider().setSelection(new StructuredSelection(block));
        compareWithGdb(address);
    }

    @Test
    void whatTheSelectedRegisterPointsToIsAskedFor() throws Exception {
        IRegister stack = register("rsp");
        String address = "0x" + stack.getValue().getValueString().replaceFirst("^0x0*", "");
        Widgets.page().showView(IDebugUIConstants.ID_DEBUG_VIEW);
        Widgets.await(() -> "the frame is selected", () -> DebugUITools.getDebugContext() instanceof IStackFrame);
        Widgets.page().showView(IDebugUIConstants.ID_REGISTER_VIEW);
        Widgets.await(
                () -> "a register, in "
                        + registerTrees()
                                .map(tree -> Arrays.toString(tree.getItems()))
                                .toList(),
                () -> registerTrees().anyMatch(tree -> select(tree, "rsp")));
        Widgets.page().activate(view);
        Dialogs.answer("The last write before", () -> Widgets.press(view, "Who wrote this memory?..."), shell -> {
            assertEquals(address, offered(shell).replaceFirst("^0x0*", "0x"));
            Dialogs.press(shell, "Cancel");
        });
    }

    private static IRegister register(String name) throws Exception {
        for (IRegisterGroup group : frame().getRegisterGroups()) {
            for (IRegister register : group.getRegisters()) {
                if (register.getName().equals(name)) {
                    return register;
                }
            }
        }
        throw new AssertionError(name);
    }

    private static Stream<Tree> registerTrees() {
        return Widgets.all(Tree.class).stream().filter(tree -> tree.getColumnCount() > 1);
    }

    /** As a click would, once the groups and their registers have come; false until then. */
    private static boolean select(Tree tree, String register) {
        for (TreeItem group : tree.getItems()) {
            if (!group.getExpanded()) {
                Event open = new Event();
                open.item = group;
                tree.notifyListeners(SWT.Expand, open);
                group.setExpanded(true);
            }
            for (TreeItem item : group.getItems()) {
                if (item.getText().equals(register)) {
                    tree.setSelection(item);
                    Event click = new Event();
                    click.item = item;
                    tree.notifyListeners(SWT.Selection, click);
                    return true;
                }
            }
        }
        return false;
    }

    private void compareWithGdb(String address) throws Exception {
        Dialogs.answer("The last write before", () -> Widgets.press(view, "Who wrote this memory?..."), shell -> {
            assertEquals(address, offered(shell).replaceFirst("^0x0*", "0x"));
            Dialogs.press(shell, "OK");
        });
        String text = Dialogs.answered("became", "Show its instant");
        Gdb.Writer writer = gdbFinds(address);
        assertTrue(text.contains("after @" + writer.instant()) && text.contains(writer.function()), text + writer);
        assertEquals(OptionalLong.of(writer.instant()), view.instant());
    }

    /** In a replay of its own, where nobody else is in control. */
    private Gdb.Writer gdbFinds(String address) throws Exception {
        launching.end();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        PrintWriter out = new PrintWriter(new StringWriter(), true);
        String monitor =
                TestLaunches.HOME.resolve("stub-monitor/build/monitor.bin").toString();
        String[] command = {"replay", file.toString(), "--at", "end", "--monitor", monitor, "--port", "0"};
        Thread bridge = new Thread(() -> Main.run(command, out, out, port::complete));
        bridge.start();
        try {
            return Gdb.lastWriter(port.get(120, TimeUnit.SECONDS), TICKS, address);
        } finally {
            bridge.interrupt();
            bridge.join(TimeUnit.SECONDS.toMillis(120));
        }
    }

    private static String offered(Shell dialog) {
        return Widgets.under(dialog, Text.class).get(0).getText();
    }

    /** The platform's registers are those of the session, after each journey. */
    @Test
    void registersAreWhatGdbSaysWhereverTheMachineIs() throws Exception {
        for (String where : List.of("end", "begin", "@1000")) {
            session.goTo(where).get();
            Map<String, String> gdb = Gdb.registers(session.port());
            assertEquals(gdb, shown(gdb), where);
            Map<String, String> all = new TreeMap<>();
            for (Register register : session.registers().get()) {
                all.put(register.name(), register.value().replaceFirst("^0x0*(?=.)", ""));
            }
            all.keySet().retainAll(gdb.keySet());
            assertEquals(gdb, all, where);
        }
    }

    private static Map<String, String> shown(Map<String, String> wanted) throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (IRegisterGroup group : frame().getRegisterGroups()) {
            for (IRegister register : group.getRegisters()) {
                all.put(register.getName(), register.getValue().getValueString().replaceFirst("^0x0*(?=.)", ""));
            }
        }
        all.keySet().retainAll(wanted.keySet());
        assertTrue(Arrays.stream(frame().getRegisterGroups()).count() == 2);
        return all;
    }
}
