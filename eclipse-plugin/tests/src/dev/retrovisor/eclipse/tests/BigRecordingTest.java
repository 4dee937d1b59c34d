// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Slider;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recording with many events: RETROVISOR_TEST_EVENTS of them, 300,000 if that is not set. What is seen is compared; how long it took is printed (docs/PERFORMANCE.md) and not
 * compared with anything.
 */
@ExtendWith(TestLimit.class)
class BigRecordingTest {
    private static final int JUMPS = 300;

    private static final int EVENTS =
            Integer.parseInt(System.getenv().getOrDefault("RETROVISOR_TEST_EVENTS", "300000"));

    @TempDir
    private Path folder;

    @AfterEach
    void closeView() {
        Widgets.page().hideView(Widgets.page().findView(RecordedIoView.ID));
    }

    private static void say(String what, long since) {
        System.out.printf("%,d events: %s: %.0f ms%n", EVENTS, what, (System.nanoTime() - since) / 1e6);
    }

    private static boolean isThere(int index) {
        Table table = RecordedIoTest.table();
        return table.getItemCount() > index && !table.getItem(index).getText(0).equals("…");
    }

    @Test
    void manyEventsOpenScrollAndFilterWhileTheInterfaceLives() throws Exception {
        Path file = folder.resolve("many.retro");
        long begin = System.nanoTime();
        TestRecording.write(file, EVENTS);
        say("written", begin);
        RecordedIoTest.maximize((RecordedIoView) Widgets.page().showView(RecordedIoView.ID));
        Widgets.live(500);
        try (StallWatch watch = StallWatch.begin(Display.getCurrent())) {
            begin = System.nanoTime();
            RecordedIoView.show(Widgets.page(), file);
            Widgets.await(() -> "first rows", () -> isThere(0));
            say("open, first rows seen", begin);
            System.out.println("  " + watch.report());
        }
        scroll();
        filter();
        if (System.getenv("RETROVISOR_TEST_EVENTS") != null) {
            measureVirtualTable();
        }
    }

    /** All over the recording, while the timeline is being counted. */
    private static void scroll() {
        Random random = new Random(7);
        Slider slider = RecordedIoTest.slider();
        try (StallWatch watch = StallWatch.begin(Display.getCurrent())) {
            long begin = System.nanoTime();
            for (int i = 0; i < JUMPS; i++) {
                int row = random.nextInt(EVENTS - 100);
                slider.setSelection(row);
                slider.notifyListeners(SWT.Selection, new Event());
                Widgets.live(10);
                if (i % 10 == 0) {
                    Widgets.await(() -> "row " + row, () -> isThere(0));
                    assertEquals(
                            "@" + (long) row * TestRecording.STEP,
                            RecordedIoTest.table().getItem(0).getText(0));
                }
            }
            say(JUMPS + " jumps by the slider, each tenth waited for", begin);
            System.out.println("  " + watch.report());
        }
    }

    private static void filter() {
        TreeSet<String> seen = new TreeSet<>();
        try (StallWatch watch = StallWatch.begin(Display.getCurrent())) {
            long begin = System.nanoTime();
            RecordedIoTest.filter("kind=dma");
            Widgets.await(() -> "first answers", () -> {
                seen.add(RecordedIoTest.status());
                return RecordedIoTest.status().contains(" of ") && isThere(0);
            });
            say("filter, first rows seen", begin);
            String all = EVENTS / 16 + " of " + EVENTS + " events";
            Widgets.await(RecordedIoTest::status, () -> {
                seen.add(RecordedIoTest.status());
                return RecordedIoTest.status().equals(all);
            });
            say("filter, all looked at", begin);
            System.out.println("  " + watch.report());
        }
        assertTrue(seen.stream().anyMatch(status -> status.contains("% looked at")), seen.toString());
        assertEquals("dma", RecordedIoTest.table().getItem(0).getText(1));
    }

    /** What docs/decisions/0045 rejects; it takes half a minute for some millions. */
    private static void measureVirtualTable() {
        Shell shell = new Shell(Display.getCurrent());
        Table table = new Table(shell, SWT.VIRTUAL);
        table.setSize(400, 400);
        table.addListener(SWT.SetData, event -> ((TableItem) event.item).setText("row"));
        shell.open();
        long begin = System.nanoTime();
        table.setItemCount(EVENTS);
        say("SWT.VIRTUAL, setItemCount blocks the UI thread", begin);
        shell.dispose();
    }
}
