// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static dev.retrovisor.eclipse.tests.TestLaunches.TICKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.RecordingsView;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.IViewPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is done in the view Recordings, with a real monitor in QEMU. */
@ExtendWith(TestLimit.class)
class RecordingsTest {
    private static final int STATE = 5;

    private static final long INSTANTS = 10_000_000; // ten ticks

    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    private Path folder;

    private RecordingsView view;
    private Table table;

    @BeforeEach
    void open() throws Exception {
        view = (RecordingsView) Widgets.page().showView(RecordingsView.ID);
        view.show(folder);
        table = ((TableViewer) view.getSite().getSelectionProvider()).getTable();
    }

    @AfterEach
    void close() throws Exception {
        launching.end();
        for (String id : List.of(RecordingsView.ID, RecordedIoView.ID)) {
            IViewPart part = Widgets.page().findView(id);
            if (part != null) {
                Widgets.page().hideView(part);
            }
        }
    }

    private void awaitState(int rows, String state) {
        Widgets.await(
                () -> state + " in "
                        + Arrays.stream(table.getItems()).map(Widgets::texts).toList(),
                () -> table.getItemCount() == rows
                        && (rows == 0 || table.getItem(rows - 1).getText(STATE).contains(state)));
    }

    private void select(int row) {
        table.setSelection(row);
        Event event = new Event();
        event.item = table.getItem(row);
        table.notifyListeners(org.eclipse.swt.SWT.Selection, event);
    }

    @Test
    void recordStopVerifyAndDelete() throws Exception {
        LaunchDialog dialog = new LaunchDialog(null);
        dialog.open(
                () -> {
                    dialog.fill("Main", LaunchSettings.GUEST, TICKS.toString());
                    dialog.press("Debug");
                },
                () -> Widgets.press(view, "Record..."));
        Widgets.await(() -> "a session", () -> Sessions.newest().isPresent());
        awaitState(1, "being recorded");
        select(0);
        Session session = Sessions.newest().orElseThrow();
        Path file = session.recording().orElseThrow();
        assertEquals(folder, file.getParent());
        for (int i = 0; i < 20; i++) {
            session.step().get();
        }
        String inUse = file + " is in use by the session ticks.elf";
        Dialogs.answer(inUse, () -> Widgets.press(view, "Delete"), shell -> Dialogs.press(shell, "OK"));
        assertTrue(Files.exists(file));
        Widgets.press(view, "Stop");
        awaitState(1, "whole");
        assertEquals("@20", table.getItem(0).getText(3));
        assertFalse(Launching.qemuRuns());
        select(0);
        Dialogs.answer("is not being recorded", () -> Widgets.press(view, "Stop"), shell -> Dialogs.press(shell, "OK"));
        String verdict = verified(file);
        assertTrue(verdict.contains("the replay holds up to @20"), verdict);
        deleteAfterTheQuestion(file);
    }

    /** What the dialog says when the replay is through. */
    private String verified(Path file) {
        Widgets.press(view, "Verify");
        return Dialogs.answered("Verify " + file.getFileName(), "OK");
    }

    private void deleteAfterTheQuestion(Path file) {
        String question = "Delete " + file + "?";
        Dialogs.answer(question, () -> Widgets.press(view, "Delete"), shell -> Dialogs.press(shell, "No"));
        assertTrue(Files.exists(file));
        Dialogs.answer(question, () -> Widgets.press(view, "Delete"), shell -> Dialogs.press(shell, "Yes"));
        assertFalse(Files.exists(file));
        awaitState(0, "");
    }

    @Test
    void aConfigurationThatWasOnlyLookedAtDoesNotStay() throws Exception {
        LaunchDialog dialog = new LaunchDialog(null);
        dialog.open(() -> dialog.press("Close"), () -> Widgets.press(view, "Record..."));
        assertEquals(0, DebugPlugin.getDefault().getLaunchManager().getLaunchConfigurations().length);
    }

    @Test
    void aRecordingThatWasAlteredDivergesPlainly() throws Exception {
        Path file = folder.resolve("ticks.retro");
        TestLaunches.recorded(launching, TICKS, file, INSTANTS);
        launching.end();
        Path altered = folder.resolve("altered.retro");
        long where = AlteredRecording.write(file, altered);
        Files.delete(file);
        view.refresh();
        awaitState(1, "whole");
        select(0);
        String verdict = verified(altered);
        assertTrue(verdict.contains("diverged") && verdict.contains("@" + where), verdict);
        Session session = TestLaunches.replayed(altered);
        RecordedIoView events = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
        session.resume();
        Widgets.await(() -> "divergence: " + session.state(), () -> session.state() == SessionState.DIVERGED);
        Widgets.await(() -> "banner: " + banner(), () -> banner().contains("diverged from the recording"));
        assertTrue(session.message().contains("diverged"), session.message());
        RecordedIoTest.maximize(events);
        Widgets.photograph("diverged.png");
        session.goTo("begin").get();
        Widgets.await(() -> "banner: " + banner(), () -> banner().contains("at the beginning of history"));
    }

    private static String banner() {
        return Widgets.all(CLabel.class).stream()
                .map(CLabel::getText)
                .filter(text -> text.startsWith("altered.retro: "))
                .findFirst()
                .orElse("");
    }
}
