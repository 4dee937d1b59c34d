// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.core.events.Rows;
import dev.retrovisor.eclipse.core.events.Visited;
import dev.retrovisor.eclipse.ui.UiThread;
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

/**
 * What the view does: a recording is opened, filtered, looked at at an instant. All of it on the user interface's thread; what is asked of the recording is answered later.
 */
final class RecordedIo implements EventSource.Listener {
    private final UiThread thread;
    private final IoPane pane;
    private final Updates updates;
    private final OpenRecording recording;
    private final FilteredEvents events;
    private final CountedRange range;
    private final Visited visited = new Visited();
    private OptionalLong instant = OptionalLong.empty();
    private OptionalLong awaited = OptionalLong.empty();
    private long arrived = -1; // the event that is shown for an instant: what is looked at is the instant
    private String trouble = "";
    private Runnable onChange = () -> {};

    RecordedIo(IoPane pane) {
        this.pane = pane;
        this.thread = new UiThread(pane);
        this.updates = new Updates(thread, this::update);
        this.recording = new OpenRecording(thread, failure -> say(Failure.text(failure)));
        this.events = new FilteredEvents(recording, pane);
        this.range = new CountedRange(recording, pane.strip());
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
        pane.showTitle(file.toString());
        recording.open(file, this, this::begin);
    }

    /** Opens a recording, or, if it is open, takes in what has been written to it since. */
    void openUnlessOpen(Path file) {
        boolean hasFailed = recording.facts().isEmpty() && !trouble.isEmpty();
        if (!recording.shows(file) || hasFailed) {
            open(file);
        } else {
            Optional<Range> before = recording.instants();
            before.ifPresent(known -> recording.readFacts(said -> grow(said, known)));
        }
    }

    private void begin(EventSource.Facts said) {
        pane.showRecording(recording.source(), said);
        range.showAll();
        update();
        onChange.run();
        awaited.ifPresent(this::visit);
        awaited = OptionalLong.empty();
    }

    private void grow(EventSource.Facts said, Range before) {
        if (!said.instants().equals(before)) {
            boolean isNewestFirst = pane.grid().rows().isNewestFirst();
            pane.grid().setRows(new Rows(said.events(), events.found(), isNewestFirst));
            events.refresh(this::update);
            range.grow(before);
        }
        update();
    }

    /** The session has come to an instant. */
    void arrive(long there) {
        if (recording.facts().isPresent()) {
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
        events.reset();
        range.cancel();
        recording.close();
        instant = OptionalLong.empty();
        arrived = -1;
        awaited = OptionalLong.empty();
        trouble = "";
    }

    @Override
    public void changed() {
        updates.soon();
    }

    @Override
    public void failed(RecordingException failure) {
        thread.later(() -> say(Failure.text(failure)));
    }

    private void update() {
        pane.grid().refresh();
        pane.strip().refresh();
        pane.filterBox().setStatus(trouble.isEmpty() ? events.status() : trouble);
        selected(pane.grid().selected());
    }

    void filter(String line) {
        trouble = "";
        events.filter(line, this::update);
    }

    void cancelSearch() {
        events.cancel();
    }

    void sort() {
        pane.grid().setRows(pane.grid().rows().newestFirst(!pane.grid().rows().isNewestFirst()));
    }

    CountedRange range() {
        return range;
    }

    /** An event is selected; it may not be there yet, and then {@link #update} comes here again. */
    void selected(long event) {
        Optional<TraceEvent> there = recording.event(event);
        if (event != arrived
                && there.isPresent()
                && !instant.equals(OptionalLong.of(there.get().instant()))) {
            setInstant(there.get().instant());
            onChange.run();
        }
        pane.showDetails(there);
    }

    /** The user has selected it: its instant is looked at. */
    void chosen(long event) {
        arrived = -1;
        selected(event);
    }

    private void setInstant(long there) {
        instant = OptionalLong.of(there);
        pane.strip().setSelected(instant);
    }

    /** Shows an instant, and remembers it among those that were visited. */
    void visit(long wanted) {
        instant.ifPresent(visited::visit);
        visited.visit(wanted);
        look(wanted);
    }

    private void look(long wanted) {
        trouble = "";
        setInstant(wanted);
        recording.ask(from -> from.eventAt(wanted), event -> {
            arrived = event;
            pane.grid().reveal(event);
            update();
        });
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
        recording.ask(from -> from.addNote(note), pane::showNotes);
    }

    Optional<Path> file() {
        return recording.file();
    }

    /** Which events are shown. */
    EventFilter filter() {
        return events.filter();
    }

    /** Of an event, if that is there already. */
    OptionalLong instantOf(long event) {
        Optional<TraceEvent> there = recording.event(event);
        return there.isPresent() ? OptionalLong.of(there.get().instant()) : OptionalLong.empty();
    }

    /** What is looked at. */
    OptionalLong instant() {
        return instant;
    }
}
