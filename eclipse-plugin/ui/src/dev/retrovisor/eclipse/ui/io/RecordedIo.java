// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.bridge.cli.FilterLine;
import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.core.events.Rows;
import dev.retrovisor.eclipse.core.events.Selection;
import dev.retrovisor.eclipse.core.events.Timeline;
import dev.retrovisor.eclipse.core.events.Visited;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Range;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.swt.widgets.Display;

/**
 * What the view does: a recording is opened, filtered, looked at at an instant. All of it on the user interface's thread; what is asked of the recording is answered later.
 */
final class RecordedIo implements EventSource.Listener {
    private static final int BINS = 640;

    private final Display display;
    private final IoPane pane;
    private final Updates updates;
    private final Visited visited = new Visited();
    private Optional<EventSource> source = Optional.empty();
    private Optional<EventSource.Facts> facts = Optional.empty();
    private Optional<Selection> selection = Optional.empty();
    private Optional<Timeline> timeline = Optional.empty();
    private EventFilter filter = EventFilter.ALL;
    private OptionalLong instant = OptionalLong.empty();
    private OptionalLong awaited = OptionalLong.empty();
    private String trouble = "";
    private Runnable onChange = () -> {};

    RecordedIo(IoPane pane) {
        this.pane = pane;
        this.display = pane.getDisplay();
        this.updates = new Updates(display, this::update);
        pane.listen(this);
        pane.addDisposeListener(event -> close());
    }

    /** Told when there may be more or less to do. */
    void onChange(Runnable told) {
        onChange = told;
    }

    /** Opens a recording in place of the one before. */
    void open(Path file) {
        close();
        EventSource opened = new EventSource(file, this);
        source = Optional.of(opened);
        pane.showTitle(file.toString());
        whenThere(opened, opened.facts(), this::begin);
    }

    /** Opens a recording, or, if it is open, takes in what has been written to it since. */
    void openUnlessOpen(Path file) {
        if (source.filter(shown -> shown.file().equals(file)).isEmpty()) {
            open(file);
        } else if (facts.isPresent()) {
            EventSource shown = source.get();
            whenThere(shown, shown.facts(), this::grow);
        }
    }

    private void begin(EventSource.Facts said) {
        facts = Optional.of(said);
        pane.showRecording(source, said);
        showRange(said.instants());
        update();
        onChange.run();
        awaited.ifPresent(this::visit);
        awaited = OptionalLong.empty();
    }

    private void grow(EventSource.Facts said) {
        boolean hasGrown =
                !said.instants().equals(facts.map(EventSource.Facts::instants).orElse(null));
        facts = Optional.of(said);
        if (hasGrown) {
            pane.grid()
                    .setRows(new Rows(
                            said.events(), selection, pane.grid().rows().isNewestFirst()));
            showRange(said.instants());
        }
        update();
    }

    /** The session has come to an instant. */
    void arrive(long there) {
        if (facts.isPresent()) {
            visit(there);
        } else {
            awaited = OptionalLong.of(there);
        }
    }

    /** Says that something went wrong, until something else is asked for. */
    void say(String text) {
        trouble = text;
        update();
    }

    private void close() {
        cancelSearch();
        timeline.ifPresent(Timeline::cancel);
        source.ifPresent(EventSource::close);
        source = Optional.empty();
        facts = Optional.empty();
        selection = Optional.empty();
        timeline = Optional.empty();
        filter = EventFilter.ALL;
        instant = OptionalLong.empty();
        awaited = OptionalLong.empty();
        trouble = "";
    }

    /** The answer is for the recording that was asked, if it is still the one that is shown. */
    private <T> void whenThere(EventSource asked, CompletableFuture<T> answer, Consumer<T> taker) {
        answer.whenComplete((given, failure) -> Updates.later(display, () -> {
            if (pane.isDisposed() || source.filter(shown -> shown == asked).isEmpty()) {
                return;
            }
            if (failure == null) {
                taker.accept(given);
            } else {
                say(Failure.text(failure));
            }
        }));
    }

    @Override
    public void changed() {
        updates.soon();
    }

    @Override
    public void failed(RecordingException failure) {
        Updates.later(display, () -> {
            if (!pane.isDisposed()) {
                say(Failure.text(failure));
            }
        });
    }

    private void update() {
        if (!pane.isDisposed()) {
            pane.grid().refresh();
            pane.strip().refresh();
            pane.filterBox().setStatus(status());
            selected(pane.grid().selected());
        }
    }

    private String status() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        long all = facts.map(EventSource.Facts::events).orElse(0L);
        return selection
                .map(found -> found.count() + " of " + all + " events"
                        + (found.isDone()
                                ? (found.isCancelled() ? ", cancelled" : "")
                                : ", " + found.looked() * 100 / Math.max(1, all) + " % looked at"))
                .orElse(all + " events" + (facts.map(EventSource.Facts::isTorn).orElse(false) ? ", torn" : ""));
    }

    /** Shows the events that a line of filters selects; all for an empty one. */
    void filter(String line) {
        cancelSearch();
        trouble = "";
        if (line.isBlank()) {
            select(EventFilter.ALL);
            return;
        }
        source.ifPresent(from -> whenThere(
                from, from.ask((recording, table) -> FilterLine.parse(line, recording, pane.symbols())), this::select));
    }

    private void select(EventFilter wanted) {
        cancelSearch();
        filter = wanted;
        selection = wanted.equals(EventFilter.ALL) ? Optional.empty() : source.map(from -> from.select(wanted));
        pane.grid().setRows(pane.grid().rows().with(selection));
        update();
    }

    void cancelSearch() {
        selection.ifPresent(Selection::cancel);
    }

    void sort() {
        pane.grid().setRows(pane.grid().rows().newestFirst(!pane.grid().rows().isNewestFirst()));
    }

    /** Counts the events of a range of instants for the strip. */
    void showRange(Range wanted) {
        timeline.ifPresent(Timeline::cancel);
        facts.map(EventSource.Facts::instants).ifPresent(all -> {
            long first = Math.max(all.first(), Math.min(wanted.first(), all.last()));
            Range inside = new Range(first, Math.max(first, Math.min(wanted.last(), all.last())));
            timeline = source.map(from -> from.timeline(inside, BINS));
            pane.strip().show(timeline);
        });
    }

    void showAll() {
        facts.map(EventSource.Facts::instants).ifPresent(this::showRange);
    }

    /** An event is selected; it may not be there yet, and then {@link #update} comes here again. */
    void selected(long event) {
        Optional<TraceEvent> there = source.filter(from -> event >= 0).flatMap(from -> from.event(event));
        if (there.isPresent() && !instant.equals(OptionalLong.of(there.get().instant()))) {
            instant = OptionalLong.of(there.get().instant());
            pane.strip().setSelected(instant);
            onChange.run();
        }
        pane.showDetails(there);
    }

    /** Shows an instant, and remembers it among those that were visited. */
    void visit(long wanted) {
        instant.ifPresent(visited::visit);
        visited.visit(wanted);
        look(wanted);
    }

    private void look(long wanted) {
        trouble = "";
        instant = OptionalLong.of(wanted);
        pane.strip().setSelected(instant);
        source.ifPresent(from -> whenThere(from, from.eventAt(wanted), pane.grid()::reveal));
        onChange.run();
    }

    void back() {
        visited.back().ifPresent(this::look);
    }

    void forward() {
        visited.forward().ifPresent(this::look);
    }

    Visited visited() {
        return visited;
    }

    /** Writes a bookmark into the recording. */
    void addNote(long at, String text) {
        Note note = new Note(at, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), text);
        source.ifPresent(from -> whenThere(from, from.addNote(note), pane::showNotes));
    }

    Optional<Path> file() {
        return source.map(EventSource::file);
    }

    /** Which events are shown. */
    EventFilter filter() {
        return filter;
    }

    /** Of an event, if that is there already. */
    OptionalLong instantOf(long event) {
        return source.filter(from -> event >= 0)
                .flatMap(from -> from.event(event))
                .map(there -> OptionalLong.of(there.instant()))
                .orElse(OptionalLong.empty());
    }

    /** What is looked at. */
    OptionalLong instant() {
        return instant;
    }

    Optional<EventSource.Facts> facts() {
        return facts;
    }
}
