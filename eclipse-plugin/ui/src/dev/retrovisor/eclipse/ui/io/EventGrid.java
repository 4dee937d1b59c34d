// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.EventColumn;
import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.core.events.Rows;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.Symbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/**
 * A table of any number of rows, of which only those that are seen exist (docs/decisions/0045-rows-that-are-seen.md). A row whose event is not there yet shows an ellipsis; the
 * source is asked for it, and whoever is told by the source calls {@link #refresh}.
 */
final class EventGrid extends Composite {
    private static final String NOT_YET = "…";
    private static final String[] NOTHING = new String[EventColumn.values().length];

    static {
        Arrays.fill(NOTHING, "");
        NOTHING[0] = NOT_YET;
    }

    private final Table table;
    private final RowSlider slider;
    private final GridKeys keys;
    private Optional<EventSource> source = Optional.empty();
    private Symbols symbols = Symbols.none();
    private Rows rows = Rows.NONE;
    private Color background;
    private long top;
    private long selected = -1;
    private LongConsumer onSelect = event -> {};
    private LongConsumer onOpen = event -> {};
    private Runnable onSort = () -> {};

    EventGrid(Composite parent) {
        super(parent, SWT.BORDER);
        GridLayout layout = new GridLayout(2, false);
        layout.marginWidth = layout.marginHeight = layout.horizontalSpacing = 0;
        setLayout(layout);
        table = new Table(this, SWT.FULL_SELECTION | SWT.SINGLE);
        table.setHeaderVisible(true);
        table.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        slider = new RowSlider(this, this::scrollTo);
        keys = new GridKeys(this);
        addColumns();
        listen();
    }

    private void addColumns() {
        for (EventColumn column : EventColumn.values()) {
            TableColumn made = new TableColumn(table, SWT.NONE);
            made.setText(column.title);
            made.setWidth(column.pixels);
            made.setMoveable(true);
        }
        TableColumn instant = table.getColumn(EventColumn.INSTANT.ordinal());
        instant.addListener(SWT.Selection, event -> onSort.run());
        table.setSortColumn(instant);
        table.setSortDirection(SWT.UP);
    }

    private void listen() {
        table.addListener(SWT.Resize, event -> refresh());
        table.addListener(SWT.Selection, event -> select(top + table.getSelectionIndex()));
        table.addListener(SWT.DefaultSelection, event -> onOpen.accept(selected));
        table.addListener(SWT.KeyDown, keys);
        table.addListener(SWT.MouseVerticalWheel, this::wheel);
    }

    private void wheel(Event event) {
        event.doit = false;
        scrollTo(top - event.count);
    }

    void onSelect(LongConsumer told) {
        onSelect = told;
    }

    /** Double-click or Enter. */
    void onOpen(LongConsumer told) {
        onOpen = told;
    }

    /** A click at the head of the column of instants. */
    void onSort(Runnable told) {
        onSort = told;
    }

    /** Another recording, or none. */
    void show(Optional<EventSource> other, Symbols names) {
        source = other;
        symbols = names;
        table.removeAll();
        selected = -1;
        top = 0;
    }

    /** Which rows there are; the selected event stays in sight. */
    void setRows(Rows other) {
        rows = other;
        table.setSortDirection(rows.isNewestFirst() ? SWT.DOWN : SWT.UP);
        if (selected >= 0) {
            reveal(selected);
        } else {
            scrollTo(0);
        }
    }

    Rows rows() {
        return rows;
    }

    Table table() {
        return table;
    }

    /** The number of the selected event; below 0: none. */
    long selected() {
        return selected;
    }

    long top() {
        return top;
    }

    /** How many rows are seen. */
    int height() {
        int free = table.getClientArea().height - table.getHeaderHeight();
        return Math.max(1, free / Math.max(1, table.getItemHeight()));
    }

    /** Shows the rows from this one on. */
    void scrollTo(long row) {
        top = Math.max(0, Math.min(row, rows.count() - height()));
        refresh();
    }

    /** Selects the event in a row, and shows it. */
    void selectRow(long row) {
        long count = rows.count();
        if (count > 0) {
            long inside = Math.max(0, Math.min(row, count - 1));
            keepInSight(inside);
            select(inside);
        }
    }

    private void keepInSight(long row) {
        if (row < top) {
            top = row;
        } else if (row >= top + height()) {
            top = row - height() + 1;
        }
    }

    /** Selects an event, or the next one that has a row, and shows it in the middle if it is not seen. */
    void reveal(long event) {
        long row = rows.rowOf(event);
        if (row < top || row >= top + height()) {
            top = Math.max(0, Math.min(row - height() / 2, rows.count() - height()));
        }
        selected = event;
        refresh();
    }

    private void select(long row) {
        long count = rows.count();
        if (row >= 0 && row < count) {
            selected = rows.event(row, count);
            refresh();
            onSelect.accept(selected);
        }
    }

    /** Writes the rows that are seen, and asks for those that are not there. */
    void refresh() {
        followTheme();
        long count = rows.count();
        int seen = (int) Math.min(height(), Math.max(0, count - top));
        table.setItemCount(seen);
        List<Long> missing = new ArrayList<>();
        int selection = -1;
        for (int i = 0; i < seen; i++) {
            long event = rows.event(top + i, count);
            selection = event == selected ? i : selection;
            write(table.getItem(i), event, missing);
        }
        mark(selection);
        slider.show(top, height(), count);
        source.ifPresent(from -> from.want(missing));
    }

    /** What was written for another background is written anew. */
    private void followTheme() {
        if (!table.getBackground().equals(background)) {
            background = table.getBackground();
            Arrays.stream(table.getItems()).forEach(item -> item.setData(null));
        }
    }

    private void mark(int index) {
        if (index < 0) {
            table.deselectAll();
        } else if (table.getSelectionIndex() != index) {
            table.setSelection(index);
        }
    }

    private void write(TableItem item, long number, List<Long> missing) {
        Optional<TraceEvent> there = source.flatMap(from -> from.event(number));
        if (there.isEmpty()) {
            missing.add(number);
        }
        if (item.getData() == null || !item.getData().equals(there)) {
            item.setData(there);
            there.ifPresentOrElse(event -> write(item, event), () -> item.setText(NOTHING));
        }
    }

    private void write(TableItem item, TraceEvent event) {
        item.setText(Arrays.stream(EventColumn.values())
                .map(column -> column.text(event, symbols))
                .toArray(String[]::new));
        item.setForeground(KindColours.of(event.kind(), background));
    }

    @Override
    public boolean setFocus() {
        return table.setFocus();
    }
}
