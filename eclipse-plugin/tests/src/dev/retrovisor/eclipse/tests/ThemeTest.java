// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.ui.RecordingsView;
import dev.retrovisor.eclipse.ui.control.ControlView;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IViewPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the views show can be read in the platform's light and dark themes: by the ratios of WCAG 2, 4.5 for text and 3 for what is drawn. */
@ExtendWith(TestLimit.class)
class ThemeTest {
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    private static final double TEXT = 4.5;
    private static final double DRAWN = 3;

    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    private Path folder;

    private final IThemeEngine themes = (IThemeEngine) Display.getCurrent().getData("org.eclipse.e4.ui.css.swt.theme");
    private final String before = themes.getActiveTheme().getId();

    @AfterEach
    void restore() throws Exception {
        launching.end();
        for (String id : List.of(RecordedIoView.ID, ControlView.ID, RecordingsView.ID)) {
            IViewPart view = Widgets.page().findView(id);
            if (view != null) {
                Widgets.page().hideView(view);
            }
        }
        themes.setTheme(before, false);
    }

    private void choose(String theme) {
        themes.setTheme(theme, false);
        assertEquals(theme, themes.getActiveTheme().getId());
        Widgets.live(500);
    }

    @Test
    void recordedIoIsReadable() throws Exception {
        Path file = folder.resolve("known.retro");
        TestRecording.write(file, 3000);
        for (String theme : List.of(LIGHT, DARK)) {
            choose(theme);
            RecordedIoView view = RecordedIoView.show(Widgets.page(), file);
            RecordedIoTest.maximize(view);
            view.visit(10_000);
            view.addBookmark("here");
            view.visit(15_000);
            Widgets.await(() -> "events", () -> RecordedIoTest.status().contains("3000 events"));
            RecordedIoTest.row(3);
            Widgets.live(1500);
            Widgets.photograph("recorded-io-" + (theme.equals(DARK) ? "dark" : "light") + ".png");
            assertTrue(colours(RecordedIoTest.table()).size() >= 3, "a colour for each group of kinds");
            compareRows(theme, RecordedIoTest.table());
            compareStrip(theme);
            Widgets.page().hideView(view);
        }
    }

    /** The view stays open: what was written in the colours of one theme is written anew. */
    @Test
    void rowsFollowTheTheme() throws Exception {
        Path file = folder.resolve("known.retro");
        TestRecording.write(file, 3000);
        choose(LIGHT);
        RecordedIoTest.maximize(RecordedIoView.show(Widgets.page(), file));
        RecordedIoTest.row(3);
        choose(DARK);
        RecordedIoTest.table().notifyListeners(SWT.Resize, new Event());
        compareRows(DARK, RecordedIoTest.table());
    }

    @Test
    void whereASessionStandsIsReadable() throws Exception {
        Path file = folder.resolve("ticks.retro");
        Session session = TestLaunches.recorded(launching, TestLaunches.TICKS, file, 100_000);
        for (String theme : List.of(LIGHT, DARK)) {
            choose(theme);
            RecordedIoView view = (RecordedIoView) Widgets.page().showView(RecordedIoView.ID);
            RecordedIoTest.maximize(view);
            for (String where : List.of("begin", "@50000", "end")) {
                session.goTo(where).get();
                String wanted = where.equals("begin")
                        ? "at the beginning of history"
                        : "@" + session.instant().getAsLong();
                Widgets.await(() -> wanted + " in " + banner().getText(), () -> banner().getText()
                        .contains(wanted));
                atLeast(TEXT, theme + " banner", banner().getForeground(), banner().getBackground());
            }
            Widgets.photograph("banner-" + (theme.equals(DARK) ? "dark" : "light") + ".png");
            Widgets.page().hideView(view);
        }
        session.goTo("@50000").get();
        session.step().get();
        photographTheOthers();
    }

    private void photographTheOthers() throws Exception {
        ControlView control = (ControlView) Widgets.page().showView(ControlView.ID);
        Widgets.await(() -> "registers", () -> Widgets.all(Table.class).stream()
                .anyMatch(table -> table.getColumnCount() == 3 && table.getItemCount() > 20));
        Widgets.photograph("control-dark.png");
        Widgets.all(Table.class).stream()
                .filter(table -> table.getColumnCount() == 3)
                .forEach(table -> compareRows(DARK + " control", table));
        for (Label label : Widgets.all(Label.class)) {
            if (!label.getText().isBlank()) {
                atLeast(TEXT, label.getText(), label.getForeground(), label.getBackground());
            }
        }
        for (Text text : Widgets.all(Text.class)) {
            atLeast(TEXT, "text " + text.getMessage(), text.getForeground(), text.getBackground());
        }
        Widgets.page().hideView(control);
        RecordingsView recordings = (RecordingsView) Widgets.page().showView(RecordingsView.ID);
        recordings.show(folder);
        Widgets.live(1000);
        Widgets.photograph("recordings-dark.png");
    }

    private static CLabel banner() {
        return Widgets.all(CLabel.class).stream()
                .filter(label -> label.getText().startsWith("ticks"))
                .findFirst()
                .orElseThrow();
    }

    private static Set<RGB> colours(Table table) {
        return Arrays.stream(table.getItems())
                .map(item -> item.getForeground().getRGB())
                .collect(Collectors.toSet());
    }

    private static void compareRows(String theme, Table table) {
        for (TableItem item : table.getItems()) {
            atLeast(TEXT, theme + " " + Widgets.texts(item), item.getForeground(), table.getBackground());
        }
    }

    /** The strip is dark where the table is; its bars, and the lines in it, can be told from it. */
    private static void compareStrip(String theme) {
        Canvas strip = Widgets.all(Canvas.class).stream()
                .filter(canvas -> canvas.getClass().getSimpleName().equals("TimelineStrip"))
                .findFirst()
                .orElseThrow();
        Map<RGB, Integer> pixels = pixels(strip);
        RGB ground = strip.getBackground().getRGB();
        assertTrue(pixels.containsKey(ground), theme + ": " + ground + " in " + pixels.keySet());
        double table = luminance(RecordedIoTest.table().getBackground().getRGB());
        assertEquals(table > 0.18, luminance(ground) > 0.18, theme + ": " + ground);
        int height = strip.getClientArea().height;
        Map<RGB, Integer> drawn = new HashMap<>(pixels);
        drawn.remove(ground);
        drawn.values().removeIf(count -> count < height / 2); // edges of letters
        assertTrue(drawn.size() >= 5, theme + ": four groups of kinds, and a bookmark, in " + drawn);
        drawn.keySet().forEach(colour -> atLeast(DRAWN, theme + " strip " + colour, colour, ground));
    }

    private static Map<RGB, Integer> pixels(Canvas strip) {
        Image image = new Image(strip.getDisplay(), strip.getClientArea().width, strip.getClientArea().height);
        GC gc = new GC(strip);
        gc.copyArea(image, 0, 0);
        gc.dispose();
        ImageData data = image.getImageData();
        image.dispose();
        Map<RGB, Integer> all = new HashMap<>();
        for (int y = 0; y < data.height; y++) {
            for (int x = 0; x < data.width; x++) {
                all.merge(data.palette.getRGB(data.getPixel(x, y)), 1, Integer::sum);
            }
        }
        return all;
    }

    private static void atLeast(double ratio, String what, Color text, Color ground) {
        atLeast(ratio, what, text.getRGB(), ground.getRGB());
    }

    private static void atLeast(double ratio, String what, RGB text, RGB ground) {
        double is = contrast(text, ground);
        assertTrue(is >= ratio, what + ": " + text + " on " + ground + " has a contrast of " + is);
    }

    private static double contrast(RGB one, RGB other) {
        double brighter = Math.max(luminance(one), luminance(other));
        double darker = Math.min(luminance(one), luminance(other));
        return (brighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(RGB colour) {
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    }

    private static double linear(int part) {
        double share = part / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
}
