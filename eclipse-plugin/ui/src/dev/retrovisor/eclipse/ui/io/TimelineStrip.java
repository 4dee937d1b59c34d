// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.Timeline;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Range;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;

/** Events over time: a bar for each bin, the kinds in their colours one upon another; the selected instant, the session's instant, and the notes. */
final class TimelineStrip extends Canvas {
    private static final int TEXT_PIXELS = 16;
    private static final double ZOOM = 2;
    private static final Shade NOW = Shade.of(0xdc1e1e, 0xff6b6b);
    private static final Shade NOTE = Shade.of(0xa87400, 0xe6aa00);

    private Optional<Timeline> timeline = Optional.empty();
    private OptionalLong selected = OptionalLong.empty();
    private OptionalLong now = OptionalLong.empty();
    private List<Note> notes = List.of();
    private int drawn;
    private LongConsumer onClick = instant -> {};
    private Consumer<Range> onZoom = range -> {};

    TimelineStrip(Composite parent) {
        super(parent, SWT.DOUBLE_BUFFERED | SWT.BORDER);
        addListener(SWT.Paint, event -> paint(event.gc));
        addListener(SWT.MouseUp, event -> ask(event, onClick));
        addListener(SWT.MouseVerticalWheel, this::wheel);
        addListener(SWT.MouseMove, this::hint);
    }

    void onClick(LongConsumer told) {
        onClick = told;
    }

    /** The user wants to see another range of instants. */
    void onZoom(Consumer<Range> told) {
        onZoom = told;
    }

    void show(Optional<Timeline> other) {
        timeline = other;
        redraw();
    }

    /** Draws what has been counted since. */
    void refresh() {
        if (timeline.map(Timeline::counted).orElse(0) != drawn) {
            redraw();
        }
    }

    void setSelected(OptionalLong instant) {
        selected = instant;
        redraw();
    }

    /** Where the session that is shown stands. */
    void setNow(OptionalLong instant) {
        now = instant;
        redraw();
    }

    void setNotes(List<Note> all) {
        notes = List.copyOf(all);
        redraw();
    }

    private void ask(Event event, LongConsumer told) {
        timeline.ifPresent(counts -> told.accept(instantAt(counts, event.x)));
    }

    private long instantAt(Timeline counts, int x) {
        int bin = (int) ((long) x * counts.bins() / Math.max(1, getClientArea().width));
        return counts.instantOf(Math.max(0, Math.min(bin, counts.bins() - 1)));
    }

    private void wheel(Event event) {
        event.doit = false;
        timeline.ifPresent(counts -> zoom(event.count > 0 ? 1 / ZOOM : ZOOM, instantAt(counts, event.x)));
    }

    /** Shows {@code factor} times as many instants; {@code about} stays where it is. */
    void zoom(double factor, long about) {
        timeline.map(Timeline::instants).ifPresent(range -> {
            double before = (about - range.first()) * factor;
            double after = (range.last() - about) * factor;
            long first = Math.max(0, about - (long) before);
            onZoom.accept(new Range(first, Math.max(first + 1, about + (long) after)));
        });
    }

    /** In or out, about what is selected, or the middle. */
    void zoom(boolean in) {
        timeline.map(Timeline::instants).ifPresent(range -> {
            long middle = range.first() + (range.last() - range.first()) / 2;
            zoom(
                    in ? 1 / ZOOM : ZOOM,
                    selected.isPresent() && range.contains(selected.getAsLong()) ? selected.getAsLong() : middle);
        });
    }

    private void hint(Event event) {
        setToolTipText(timeline.map(counts -> "@" + instantAt(counts, event.x)).orElse(""));
    }

    private void paint(GC gc) {
        gc.setBackground(getBackground()); // the theme's
        gc.setForeground(getForeground());
        gc.fillRectangle(getClientArea());
        timeline.ifPresent(counts -> {
            Color background = gc.getBackground();
            bars(gc, counts, background);
            gc.setBackground(background);
            texts(gc, counts);
            notes.forEach(note -> line(gc, counts, note.instant(), NOTE.on(background), 2));
            selected.ifPresent(instant -> line(gc, counts, instant, gc.getForeground(), 1));
            now.ifPresent(instant -> line(gc, counts, instant, NOW.on(background), 2));
        });
    }

    private void bars(GC gc, Timeline counts, Color background) {
        long most = Math.max(1, counts.most());
        drawn = counts.counted();
        int height = getClientArea().height - TEXT_PIXELS;
        for (int bin = 0; bin < drawn; bin++) {
            int left = left(counts, bin);
            int bottom = height;
            long sum = 0;
            for (int kind = 0; kind < Timeline.KINDS; kind++) {
                sum += counts.count(kind, bin);
                int at = sum == 0 ? height : Math.min(height - 1, height - (int) (sum * height / most));
                if (at < bottom) {
                    gc.setBackground(KindColours.of(kind, background));
                    gc.fillRectangle(left, at, Math.max(1, left(counts, bin + 1) - left), bottom - at);
                    bottom = at;
                }
            }
        }
    }

    private int left(Timeline counts, int bin) {
        return (int) ((long) bin * getClientArea().width / counts.bins());
    }

    private void texts(GC gc, Timeline counts) {
        Range range = counts.instants();
        int top = getClientArea().height - TEXT_PIXELS;
        String last = "@" + range.last();
        gc.drawText("@" + range.first(), 2, top, true);
        gc.drawText(last, getClientArea().width - gc.textExtent(last).x - 2, top, true);
        String middle = counts.counted() < counts.bins()
                ? "counting: " + counts.counted() * 100 / counts.bins() + " %"
                : "at most " + counts.most() + " events in " + (counts.instantOf(1) - counts.instantOf(0))
                        + " instants";
        gc.drawText(middle, (getClientArea().width - gc.textExtent(middle).x) / 2, top, true);
    }

    private void line(GC gc, Timeline counts, long instant, Color colour, int pixels) {
        if (counts.instants().contains(instant)) {
            Color before = gc.getForeground();
            gc.setForeground(colour);
            gc.setLineWidth(pixels);
            int x = (int) (counts.binOf(instant) * getClientArea().width / counts.bins());
            gc.drawLine(x, 0, x, getClientArea().height);
            gc.setForeground(before);
        }
    }
}
