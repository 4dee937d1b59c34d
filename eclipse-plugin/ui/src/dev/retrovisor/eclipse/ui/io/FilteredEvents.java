// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.bridge.cli.FilterLine;
import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.core.events.Selection;
import dev.retrovisor.store.query.EventFilter;
import java.util.Optional;

/** Which events are shown, by the line above the table. */
final class FilteredEvents {
    private final OpenRecording recording;
    private final IoPane pane;
    private EventFilter filter = EventFilter.ALL;
    private Optional<Selection> found = Optional.empty();

    FilteredEvents(OpenRecording recording, IoPane pane) {
        this.recording = recording;
        this.pane = pane;
    }

    /** Shows the events that a line of filters selects; all for an empty one. {@code changed}: there are other rows. */
    void filter(String line, Runnable changed) {
        cancel();
        if (line.isBlank()) {
            select(EventFilter.ALL, changed);
        } else {
            recording.ask(
                    from -> from.ask((file, table) -> FilterLine.parse(line, file, pane.symbols())),
                    wanted -> select(wanted, changed));
        }
    }

    private void select(EventFilter wanted, Runnable changed) {
        cancel();
        filter = wanted;
        found = wanted.equals(EventFilter.ALL)
                ? Optional.empty()
                : recording.source().map(from -> from.select(wanted));
        pane.grid().setRows(pane.grid().rows().with(found));
        changed.run();
    }

    /** There are more events: looks through all of them again. */
    void refresh(Runnable changed) {
        if (found.isPresent()) {
            select(filter, changed);
        }
    }

    /** Stops looking; what was found stays. */
    void cancel() {
        found.ifPresent(Selection::cancel);
    }

    /** All events, of another recording. */
    void reset() {
        cancel();
        filter = EventFilter.ALL;
        found = Optional.empty();
    }

    /** How many are shown, and how far the search is. */
    String status() {
        long all = recording.events();
        boolean isTorn = recording.facts().map(EventSource.Facts::isTorn).orElse(false);
        return found.map(rows -> rows.count() + " of " + all + " events" + progress(rows, all))
                .orElse(all + " events" + (isTorn ? ", torn" : ""));
    }

    private static String progress(Selection rows, long all) {
        if (rows.isDone()) {
            return rows.isCancelled() ? ", cancelled" : "";
        }
        return ", " + rows.looked() * 100 / Math.max(1, all) + " % looked at";
    }

    EventFilter filter() {
        return filter;
    }

    Optional<Selection> found() {
        return found;
    }
}
