// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.ui.RecordingsView;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.Notes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.eclipse.core.filesystem.EFS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Slider;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.ide.IDE;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The view Recorded I/O in a real workbench: what its widgets show of a recording whose events are known. */
@ExtendWith(TestLimit.class)
class RecordedIoTest {
    private static final int EVENTS = 20_000;

    @TempDir
    private Path folder;

    private RecordedIoView open(int events) throws Exception {
        Path file = folder.resolve("known.retro");
        TestRecording.write(file, events);
        RecordedIoView view = RecordedIoView.show(Widgets.page(), file);
        maximize(view);
        awaitStatus(events + " events");
        return view;
    }

    static void maximize(RecordedIoView view) {
        IWorkbenchPage page = Widgets.page();
        page.activate(view);
        // One that was closed while maximized leaves its place marked; marking it again does nothing.
        page.setPartState(page.getReference(view), IWorkbenchPage.STATE_RESTORED);
        page.setPartState(page.getReference(view), IWorkbenchPage.STATE_MAXIMIZED);
    }

    @AfterEach
    void closeView() {
        IViewPart view = Widgets.page().findView(RecordedIoView.ID);
        if (view != null) {
            Widgets.page().hideView(view);
        }
        Widgets.page().closeAllEditors(false);
    }

    static Table table() {
        return Widgets.all(Table.class).stream()
                .filter(table -> table.getColumnCount() == 8)
                .findFirst()
                .orElseThrow();
    }

    private static Text filterBox() {
        return Widgets.all(Text.class).stream()
                .filter(text -> text.getMessage().startsWith("filter"))
                .findFirst()
                .orElseThrow();
    }

    static Slider slider() {
        return Widgets.all(Slider.class).get(0);
    }

    private static String details() {
        return Widgets.all(StyledText.class).get(0).getText();
    }

    /** What is said beside the filter. */
    static String status() {
        return Widgets.all(Label.class).stream()
                .map(Label::getText)
                .filter(text -> text.contains("events"))
                .findFirst()
                .orElse("");
    }

    private static void awaitStatus(String wanted) {
        Widgets.await(
                () -> wanted + " in "
                        + Widgets.all(Label.class).stream().map(Label::getText).toList(),
                () -> Widgets.all(Label.class).stream()
                        .anyMatch(label -> label.getText().contains(wanted)));
    }

    /** The row that is seen at an index, when it is there. */
    static List<String> row(int index) {
        Widgets.await(
                () -> "row " + index,
                () -> table().getItemCount() > index
                        && !table().getItem(index).getText(0).equals("…"));
        return Widgets.texts(table().getItem(index));
    }

    static void filter(String line) {
        filterBox().setText(line);
        filterBox().notifyListeners(SWT.DefaultSelection, new Event());
    }

    private static void key(int code) {
        Event event = new Event();
        event.keyCode = code;
        table().notifyListeners(SWT.KeyDown, event);
    }

    @Test
    void eventsAreShownAsTheyAre() throws Exception {
        open(EVENTS);
        assertEquals(List.of("@0", "interrupt", "0x21", "", "", "", "0x100000", ""), row(0));
        assertEquals(List.of("@10", "port write", "0x301", "1", "0x1", "", "0x100001", ""), row(1));
        List<String> dma = row(3);
        assertEquals("dma", dma.get(1));
        assertEquals("8 bytes changed: 70 61 63 6b 65 74 20 33", dma.get(5));
        assertEquals("00:03.0 10ec:8029", dma.get(7));
        assertNotEquals(table().getItem(0).getForeground(), table().getItem(1).getForeground());
    }

    @Test
    void keysAndTheSliderReachTheEndAndComeBack() throws Exception {
        RecordedIoView view = open(EVENTS);
        key(SWT.END);
        Widgets.await(() -> "the end", () -> view.instant().equals(OptionalLong.of((EVENTS - 1) * 10L)));
        assertEquals("@199990", row(table().getItemCount() - 1).get(0));
        assertTrue(slider().getSelection() > EVENTS - 200, "slider at " + slider().getSelection());
        key(SWT.PAGE_UP);
        assertTrue(view.instant().getAsLong() < (EVENTS - 2) * 10L);
        slider().setSelection(5000);
        slider().notifyListeners(SWT.Selection, new Event());
        assertEquals("@50000", row(0).get(0));
        key(SWT.HOME);
        assertEquals("@0", row(0).get(0));
        assertEquals(0, table().getSelectionIndex());
    }

    @Test
    void theSelectedEventIsDecoded() throws Exception {
        open(EVENTS);
        row(3);
        table().setSelection(3);
        table().notifyListeners(SWT.Selection, new Event());
        Widgets.await(() -> details(), () -> details().contains("event 3 at @30"));
        assertTrue(details().contains("00:03.0 10ec:8029 changed 8 bytes in the page at 0x7000"), details());
        assertTrue(details().contains("00007020  70 61 63 6b 65 74 20 33"), details());
        assertTrue(details().contains("packet 3"), details());
    }

    @Test
    void aFilterShowsWhatItSelectsAndNothingElse() throws Exception {
        open(EVENTS);
        filter("kind=interrupt from=@1000");
        awaitStatus((EVENTS / 16 - 7) + " of " + EVENTS + " events");
        assertEquals(List.of("@1120", "interrupt"), row(0).subList(0, 2));
        assertEquals(List.of("@1280", "interrupt"), row(1).subList(0, 2));
        filter("--port 0x305 --kind port-write");
        awaitStatus(writesTo0x305() + " of " + EVENTS);
        assertEquals(List.of("@50", "port write", "0x305"), row(0).subList(0, 3));
        filter("");
        awaitStatus(EVENTS + " events");
        assertEquals("@0", row(0).get(0));
    }

    private static long writesTo0x305() {
        return IntStream.range(0, EVENTS)
                .filter(number -> number % 32 == 5 && TestRecording.kind(number, EVENTS) == EventKind.PORT_WRITE)
                .count();
    }

    @Test
    void aFilterThatMeansNothingSaysWhatIsExpected() throws Exception {
        open(EVENTS);
        filter("kind=elephant");
        awaitStatus("elephant (expected: port-read, port-write");
        filter("elephant");
        awaitStatus("elephant (expected: such as kind=");
        filter("kind=dma");
        awaitStatus("1250 of");
    }

    @Test
    void theLatestComesFirstAfterAClickAtTheHead() throws Exception {
        open(EVENTS);
        row(0);
        table().getColumn(0).notifyListeners(SWT.Selection, new Event());
        assertEquals("@199990", row(0).get(0));
        filter("kind=dma");
        awaitStatus("1250 of");
        assertEquals("@199870", row(0).get(0));
        table().getColumn(0).notifyListeners(SWT.Selection, new Event());
        assertEquals("@30", row(0).get(0));
    }

    @Test
    void aClickInTheTimelineSelectsTheEvent() throws Exception {
        RecordedIoView view = open(EVENTS);
        Canvas strip = Widgets.all(Canvas.class).stream()
                .filter(canvas -> canvas.getClass().getSimpleName().equals("TimelineStrip"))
                .findFirst()
                .orElseThrow();
        Event click = new Event();
        click.x = strip.getClientArea().width / 2;
        strip.notifyListeners(SWT.MouseUp, click);
        long instant = view.instant().getAsLong();
        assertTrue(Math.abs(instant - EVENTS * 5L) < EVENTS * 10L / 100, "@" + instant);
        Widgets.await(() -> "selection", () -> table().getSelectionIndex() >= 0);
        row(table().getSelectionIndex());
        assertTrue(Math.abs(Long.parseLong(table().getSelection()[0].getText(0).substring(1)) - instant) <= 10);
        Widgets.live(1500);
        Widgets.photograph("recorded-io.png");
    }

    @Test
    void bookmarksAreKeptInTheRecordingAndLeadBack() throws Exception {
        RecordedIoView view = open(EVENTS);
        view.visit(50_000);
        view.visit(120_000);
        view.addBookmark("the cause");
        Widgets.await(() -> "bookmark", () -> bookmarks().getItemCount() == 1);
        assertEquals(List.of("@120000", "the cause"), Widgets.texts(bookmarks().getItem(0)));
        view.back();
        Widgets.await(() -> "back", () -> view.instant().equals(OptionalLong.of(50_000)));
        bookmarks().setSelection(0);
        bookmarks().notifyListeners(SWT.DefaultSelection, new Event());
        assertEquals(OptionalLong.of(120_000), view.instant());
        try (RecordingReader recording = Recordings.open(view.file().orElseThrow())) {
            assertEquals("the cause", Notes.of(recording).get(0).text());
        }
    }

    private static Table bookmarks() {
        return Widgets.all(Table.class).stream()
                .filter(table -> table.getColumnCount() == 2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsFilteredIsExported() throws Exception {
        RecordedIoView view = open(EVENTS);
        filter("vector=33 to=@1000");
        awaitStatus("7 of");
        Path csv = folder.resolve("out.csv");
        view.export("csv", csv).join();
        assertEquals(8, Files.readAllLines(csv).size());
        assertEquals(
                "96,960,interrupt,0x21,0,0x0,0x100060,", Files.readAllLines(csv).get(7));
        Path json = folder.resolve("out.json");
        view.export("json", json).join();
        assertTrue(Files.readString(json).contains("traceEvents"));
        Path pcap = folder.resolve("out.pcap");
        view.export("pcap", pcap).join();
        assertEquals(24, Files.size(pcap), "no packets, but a head");
        view.export("csv", view.file().orElseThrow()).join();
        assertTrue(Files.size(view.file().orElseThrow()) > 1000, "the recording is still there");
    }

    @Test
    void aRecordingOpensFromTheViewOfRecordingsAndAsAFile() throws Exception {
        Path file = folder.resolve("one.retro");
        TestRecording.write(file, 100);
        RecordingsView recordings = (RecordingsView) Widgets.page().showView(RecordingsView.ID);
        recordings.show(folder);
        Table list = Widgets.all(Table.class).get(0);
        Widgets.await(() -> "one.retro", () -> list.getItemCount() == 1);
        list.setSelection(0);
        Event twice = new Event();
        twice.item = list.getItem(0);
        list.notifyListeners(SWT.DefaultSelection, twice);
        awaitStatus("100 events");
        closeView();
        IDE.openEditorOnFileStore(Widgets.page(), EFS.getLocalFileSystem().fromLocalFile(file.toFile()));
        awaitStatus("100 events");
        assertEquals(
                file,
                ((RecordedIoView) Widgets.page().findView(RecordedIoView.ID))
                        .file()
                        .orElseThrow());
    }

    @Test
    void aFileThatIsNoRecordingSaysSoAndTheNextOneOpens() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.retro"), "no database");
        RecordedIoView view = RecordedIoView.show(Widgets.page(), broken);
        maximize(view);
        awaitStatus("broken.retro: is no recording");
        assertEquals(0, table().getItemCount());
        assertFalse(view.instant().isPresent());
        open(50);
        assertEquals("@0", row(0).get(0));
    }
}
