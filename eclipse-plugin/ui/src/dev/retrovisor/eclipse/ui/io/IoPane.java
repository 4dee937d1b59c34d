// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.EventDetails;
import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.core.events.Rows;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Symbols;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;

/** The widgets of the view: filter, timeline, table, details, bookmarks. */
final class IoPane extends Composite {
    private static final int STRIP_PIXELS = 84;

    private final SessionBanner banner;
    private final FilterBox filter;
    private final TimelineStrip strip;
    private final EventGrid grid;
    private final StyledText details;
    private final NotesPane notes;
    private final Consumer<String> title;
    private Optional<RecordedIo> io = Optional.empty();
    private Symbols symbols = Symbols.none();

    IoPane(Composite parent, Consumer<String> title) {
        super(parent, SWT.NONE);
        this.title = title;
        GridLayout layout = new GridLayout();
        layout.marginWidth = layout.marginHeight = layout.verticalSpacing = 0;
        setLayout(layout);
        banner = new SessionBanner(this);
        filter = new FilterBox(
                this, line -> io.ifPresent(it -> it.filter(line)), () -> io.ifPresent(RecordedIo::cancelSearch));
        filter.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        strip = new TimelineStrip(this);
        GridData high = new GridData(SWT.FILL, SWT.CENTER, true, false);
        high.heightHint = STRIP_PIXELS;
        strip.setLayoutData(high);
        SashForm parts = new SashForm(this, SWT.VERTICAL);
        parts.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        grid = new EventGrid(parts);
        SashForm below = new SashForm(parts, SWT.HORIZONTAL);
        details = new StyledText(below, SWT.READ_ONLY | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL | SWT.BORDER);
        details.setFont(JFaceResources.getTextFont());
        notes = new NotesPane(below, instant -> io.ifPresent(it -> it.visit(instant)));
        below.setWeights(2, 1);
        parts.setWeights(3, 1);
    }

    void listen(RecordedIo told) {
        io = Optional.of(told);
        LongConsumer visit = told::visit;
        strip.onClick(visit);
        strip.onZoom(told.range()::show);
        grid.onSelect(told::chosen);
        grid.onSort(told::sort);
    }

    void showTitle(String text) {
        title.accept(text);
        grid.show(Optional.empty(), Symbols.none());
        grid.setRows(Rows.NONE);
        strip.show(Optional.empty());
        strip.setSelected(OptionalLong.empty());
        filter.setFilter("");
        filter.setStatus("opening");
        details.setText("");
        notes.show(List.of());
    }

    void showRecording(Optional<EventSource> source, EventSource.Facts facts) {
        symbols = facts.symbols();
        grid.show(source, symbols);
        grid.setRows(new Rows(facts.events(), Optional.empty(), grid.rows().isNewestFirst()));
        showNotes(facts.notes());
    }

    void showNotes(List<Note> all) {
        notes.show(all);
        strip.setNotes(all);
    }

    /** All of the selected event, if it is there. */
    void showDetails(Optional<TraceEvent> event) {
        String text = event.map(there -> EventDetails.of(there, symbols)).orElse("");
        if (!details.getText().equals(text)) {
            details.setText(text);
        }
    }

    Symbols symbols() {
        return symbols;
    }

    FilterBox filterBox() {
        return filter;
    }

    SessionBanner banner() {
        return banner;
    }

    TimelineStrip strip() {
        return strip;
    }

    EventGrid grid() {
        return grid;
    }
}
