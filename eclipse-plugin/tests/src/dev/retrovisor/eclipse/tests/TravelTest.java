// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static dev.retrovisor.eclipse.tests.TestLaunches.TICKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.session.BridgeSession;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.control.ControlView;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IPerspectiveDescriptor;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Journeys that the views make: where there is no session yet, where two are, and where the replay does not do what was recorded. */
@ExtendWith(TestLimit.class)
class TravelTest {
    private static final long INSTANTS = 10_000_000; // ten ticks

    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    private Path folder;

    private Path file;
    private IPerspectiveDescriptor perspective;

    @BeforeEach
    void record() throws Exception {
        perspective = Widgets.page().getPerspective();
        file = folder.resolve("ticks.retro");
        TestLaunches.recorded(launching, TICKS, file, INSTANTS);
        launching.end();
    }

    @AfterEach
    void close() throws Exception {
        launching.end();
        for (String id : List.of(RecordedIoView.ID, ControlView.ID, IDebugUIConstants.ID_DEBUG_VIEW)) {
            IViewPart part = Widgets.page().findView(id);
            if (part != null) {
                Widgets.page().hideView(part);
            }
        }
        Widgets.page().setPerspective(perspective);
    }

    private static <T> T await(Future<T> future) throws Exception {
        Widgets.await(() -> "an answer", future::isDone);
        return future.get();
    }

    private static RecordedIoView events(Path recording) throws Exception {
        RecordedIoView view = RecordedIoView.show(Widgets.page(), recording);
        RecordedIoTest.maximize(view);
        Widgets.await(() -> "rows", () -> RecordedIoTest.table().getItemCount() > 5);
        return view;
    }

    /** A double-click; the instant that is asked for. */
    private static long goTo(int row) {
        RecordedIoTest.row(row);
        RecordedIoTest.table().setSelection(row);
        RecordedIoTest.table().notifyListeners(SWT.Selection, new Event());
        RecordedIoTest.table().notifyListeners(SWT.DefaultSelection, new Event());
        return Long.parseLong(
                RecordedIoTest.table().getSelection()[0].getText(0).substring(1));
    }

    private static long goToWithoutSession(int row, Path recording, String answer) {
        long[] instant = new long[1];
        Dialogs.answer("No session replays " + recording.getFileName(), () -> instant[0] = goTo(row), shell -> {
            assertTrue(LaunchDialog.texts(shell).contains("@"), LaunchDialog.texts(shell));
            Dialogs.press(shell, answer);
        });
        return instant[0];
    }

    @Test
    void whereNoSessionIsAReplayIsOfferedAndGoesThere() throws Exception {
        RecordedIoView view = events(file);
        goToWithoutSession(3, file, "No");
        Widgets.live(1000);
        assertEquals(List.of(), Sessions.active());
        long there = goToWithoutSession(3, file, "Yes");
        assertTrue(there > 0);
        Widgets.await(() -> "a replay", () -> Sessions.newest().isPresent());
        Session replay = Sessions.newest().orElseThrow();
        assertEquals(Optional.of(file), replay.recording());
        Widgets.await(() -> "@" + there + ": " + replay.instant(), () -> replay.instant()
                .equals(OptionalLong.of(there)));
        Widgets.await(() -> "the view: " + view.instant(), () -> view.instant().equals(OptionalLong.of(there)));
        launching.end();
    }

    /** The replay that was wanted does not start, and the user debugs something else. */
    @Test
    void anotherRecordingsSessionIsNotSentThere() throws Exception {
        Path other = folder.resolve("other.retro");
        Files.copy(file, other);
        events(file);
        Files.delete(file);
        goToWithoutSession(3, file, "Yes");
        LaunchDialog.awaitMessage("ticks.retro");
        Session replay = TestLaunches.replayed(other);
        RecordedIoView view = (RecordedIoView) Widgets.page().findView(RecordedIoView.ID);
        Widgets.await(() -> "the other one's events", () -> view.file().equals(Optional.of(other)));
        await(replay.ask("status")); // behind whatever was asked of it
        assertEquals(OptionalLong.of(0), replay.instant());
    }

    @Test
    void aJourneyThatDivergesSaysSo() throws Exception {
        Path altered = folder.resolve("altered.retro");
        long where = AlteredRecording.write(file, altered);
        Session replay = TestLaunches.replayed(altered);
        RecordedIoView view = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
        RecordedIoTest.maximize(view);
        long reached = await(replay.goTo("end"));
        assertEquals(OptionalLong.of(reached), replay.instant());
        assertTrue(replay.message().contains("diverged at @" + where), replay.message());
        assertEquals(SessionState.DIVERGED, replay.state());
        Widgets.await(() -> "banner: " + banner(), () -> banner().contains("diverged from the recording"));
        assertEquals(where / 2, await(replay.goTo(where / 2)));
        assertEquals(SessionState.STOPPED, replay.state());
        Widgets.await(() -> "banner: " + banner(), () -> banner().contains("stopped @" + where / 2));
    }

    private static String banner() {
        return Widgets.all(CLabel.class).stream()
                .map(CLabel::getText)
                .filter(text -> text.startsWith("altered.retro: "))
                .findFirst()
                .orElse("");
    }

    @Test
    void theViewsFollowWhatIsSelectedInTheDebugView() throws Exception {
        // There the two views have places of their own.
        PlatformUI.getWorkbench()
                .showPerspective(
                        IDebugUIConstants.ID_DEBUG_PERSPECTIVE, Widgets.page().getWorkbenchWindow());
        Path other = folder.resolve("other.retro");
        Files.copy(file, other);
        Session first = TestLaunches.replayed(file);
        await(first.goTo(1000));
        TestLaunches.replayed(other);
        Widgets.await(() -> "two sessions", () -> Sessions.active().size() == 2);
        Session second = Sessions.newest().orElseThrow();
        await(second.goTo(2000));
        Widgets.page().showView(IDebugUIConstants.ID_DEBUG_VIEW);
        IViewPart control = Widgets.page().showView(ControlView.ID);
        select("ticks.retro", "ticks.retro: stopped at @1000");
        Widgets.press(control, "Step Back");
        Widgets.await(() -> "back: " + first.instant(), () -> first.instant().equals(OptionalLong.of(999)));
        assertEquals(OptionalLong.of(2000), second.instant());
        select("other.retro", "other.retro: stopped at @2000");
        Widgets.press(control, "Step Back");
        Widgets.await(() -> "back: " + second.instant(), () -> second.instant().equals(OptionalLong.of(1999)));
        assertEquals(OptionalLong.of(999), first.instant());
    }

    @Test
    void whereAnotherDebuggerIsInControlOnlyJourneysAreOffered() throws Exception {
        Session replay = TestLaunches.replayed(file);
        IViewPart control = Widgets.page().showView(ControlView.ID);
        Widgets.await(() -> "steps", () -> Widgets.isEnabled(control, "Step"));
        List<String> asked = new ArrayList<>();
        ((BridgeSession) replay).travelBy(where -> {
            asked.add(where);
            return CompletableFuture.completedFuture("0");
        });
        Widgets.await(() -> "no steps", () -> !Widgets.isEnabled(control, "Step"));
        for (String command : List.of("Resume", "Suspend", "Step Back", "Run Back")) {
            assertFalse(Widgets.isEnabled(control, command), command);
        }
        awaitPlace("A debugger with sources is in control");
        Widgets.press(control, "End");
        assertEquals(List.of("end"), asked);
    }

    private static void awaitPlace(String text) {
        Widgets.await(() -> text + " in " + places(), () -> isShown(text));
    }

    private static boolean isShown(String text) {
        return Widgets.all(Label.class).stream()
                .anyMatch(label -> label.getText().startsWith(text));
    }

    private static List<String> places() {
        return Widgets.all(Label.class).stream()
                .map(Label::getText)
                .filter(one -> one.contains("@"))
                .toList();
    }

    /** A machine in the Debug view, as a click would, until its place is shown: that view may still come to select what has stopped last. */
    private static void select(String machine, String place) {
        Widgets.await(
                () -> place + " in " + places() + " after " + machine + " in "
                        + launches().map(one -> Arrays.toString(one.getItems())).toList(),
                () -> isShown(place) || isClicked(machine) && isShown(place));
    }

    private static boolean isClicked(String machine) {
        return launches()
                .flatMap(launch -> Arrays.stream(opened(launch).getItems()))
                .filter(item -> item.getText().startsWith(machine + " ["))
                .limit(1)
                .anyMatch(TravelTest::click);
    }

    private static Stream<TreeItem> launches() {
        return Widgets.all(Tree.class).stream().flatMap(tree -> Arrays.stream(tree.getItems()));
    }

    private static TreeItem opened(TreeItem launch) {
        if (!launch.getExpanded()) {
            Event event = new Event();
            event.item = launch;
            launch.getParent().notifyListeners(SWT.Expand, event);
            launch.setExpanded(true);
        }
        return launch;
    }

    private static boolean click(TreeItem item) {
        item.getParent().setSelection(item);
        Event event = new Event();
        event.item = item;
        item.getParent().notifyListeners(SWT.Selection, event);
        return true;
    }
}
