// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.cli.Main;
import dev.retrovisor.eclipse.core.LastWriter;
import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.core.session.BridgeSession;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.widgets.Event;
import org.eclipse.ui.IViewPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Recorded I/O beside a session with a real monitor in QEMU, which writes or replays the recording. */
@ExtendWith(TestLimit.class)
class FollowTest {
    private static final String HOME = System.getProperty("retrovisor.home");
    private static final String MONITOR = HOME + "/stub-monitor/build/monitor.bin";
    private static final int PATIENCE_SECONDS = 120;
    private static final int INSTANTS = 200_000;

    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();
    private Path file;
    private Thread bridge;
    private BridgeSession session;

    @BeforeEach
    void record() throws Exception {
        Recordings.registerDriver();
        file = folder.resolve("ticks.retro");
        start(
                "record",
                file.toString(),
                "--stopped",
                "--guest",
                HOME + "/stub-monitor/build/guests/ticks.elf",
                "--console",
                "null");
    }

    private void start(String... words) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        String[] command = new String[words.length + 4];
        System.arraycopy(words, 0, command, 0, words.length);
        System.arraycopy(new String[] {"--monitor", MONITOR, "--port", "0"}, 0, command, words.length, 4);
        PrintWriter out = new PrintWriter(said, true);
        bridge = new Thread(() -> {
            int code = Main.run(command, out, out, port::complete);
            port.completeExceptionally(new IllegalStateException("exit code " + code + ": " + said));
        });
        bridge.start();
        session = BridgeSession.open("ticks", port.get(PATIENCE_SECONDS, TimeUnit.SECONDS), Optional.of(file));
    }

    @AfterEach
    void end() throws Exception {
        IViewPart view = Widgets.page().findView(RecordedIoView.ID);
        if (view != null) {
            Widgets.page().hideView(view);
        }
        endSession();
    }

    private void endSession() throws Exception {
        if (session == null) {
            return;
        }
        session.close();
        session = null;
        bridge.interrupt();
        bridge.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertFalse(bridge.isAlive());
    }

    /** While the user interface lives. */
    private static <T> T await(Future<T> future) throws Exception {
        Widgets.await(() -> "an answer", future::isDone);
        return future.get();
    }

    private static String banner() {
        return Widgets.all(CLabel.class).stream()
                .map(CLabel::getText)
                .filter(text -> text.startsWith("ticks: "))
                .findFirst()
                .orElse("");
    }

    private void awaitBanner(String wanted) {
        Widgets.await(() -> wanted + " in: " + banner(), () -> banner().contains(wanted));
    }

    private void recordSome() throws Exception {
        CompletableFuture<Void> run = session.resume();
        Widgets.live(1500);
        session.suspend();
        await(run);
        Widgets.await(() -> "instant", () -> session.instant().orElse(0) > INSTANTS);
    }

    @Test
    void whoWroteMemoryIsToldFromTheRecording() throws Exception {
        recordSome();
        endSession();
        LastWriter nobody = LastWriter.find(file, "0x100000", 4, OptionalLong.of(10));
        assertTrue(nobody.isAnswered(), nobody.text());
        assertTrue(nobody.text().contains("nobody has written it since the recording began"), nobody.text());
        assertFalse(nobody.instant().isPresent());
        LastWriter refused = LastWriter.find(folder.resolve("none.retro"), "0x100000", 4, OptionalLong.empty());
        assertFalse(refused.isAnswered());
        assertTrue(refused.text().contains("none.retro: no such file"), refused.text());
    }

    @Test
    void theViewGoesWhereTheReplayGoesAndSendsItAround() throws Exception {
        recordSome();
        endSession();
        start("replay", file.toString());
        RecordedIoView view = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
        RecordedIoTest.maximize(view);
        Widgets.await(() -> "file", () -> view.file().equals(Optional.of(file)));
        Widgets.await(
                () -> RecordedIoTest.status(), () -> RecordedIoTest.table().getItemCount() > 5);
        await(session.goTo(INSTANTS / 2));
        awaitBanner("@" + INSTANTS / 2);
        Widgets.await(() -> "near by", () -> view.instant().orElse(0) >= INSTANTS / 2);
        RecordedIoTest.row(3);
        doubleClick(3);
        long there = shownInstant();
        Widgets.await(
                () -> "@" + there + " in: " + banner(), () -> session.instant().equals(OptionalLong.of(there)));
        awaitBanner("@" + there);
        await(session.reverseContinue());
        assertEquals(SessionState.BEGIN_OF_HISTORY, session.state());
        awaitBanner("at the beginning of history");
        Widgets.photograph("recorded-io-session.png");
        endSession();
        Widgets.await(() -> banner(), () -> banner().isEmpty());
    }

    private static void doubleClick(int row) {
        RecordedIoTest.table().setSelection(row);
        RecordedIoTest.table().notifyListeners(SWT.Selection, new Event());
        RecordedIoTest.table().notifyListeners(SWT.DefaultSelection, new Event());
    }

    private static long shownInstant() {
        return Long.parseLong(
                RecordedIoTest.table().getSelection()[0].getText(0).substring(1));
    }
}
