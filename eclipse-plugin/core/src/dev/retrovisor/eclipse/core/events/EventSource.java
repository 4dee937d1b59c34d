// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Note;
import dev.retrovisor.store.query.Notes;
import dev.retrovisor.store.query.Range;
import dev.retrovisor.store.query.Symbols;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A recording that is looked at. Nothing here waits: what is not there yet is read by threads of the source, one for events, one for filters, one for the timeline, and the
 * listener is told. Its methods may be called by any thread; the listener is called by the source's.
 */
public final class EventSource implements AutoCloseable {
    /** Who shows the recording. */
    public interface Listener {
        /** Events, the answer to a filter, or a part of a timeline have come. Often. */
        void changed();

        /** Something cannot be read; the message is for the user. */
        void failed(RecordingException failure);
    }

    /**
     * What a recording says of itself.
     *
     * @param events how many there are
     * @param instants from the beginning to the end of what can be replayed
     * @param isTorn it was not closed, or a part is missing
     */
    public record Facts(
            Map<String, String> said, long events, Range instants, boolean isTorn, Symbols symbols, List<Note> notes) {}

    /** A question to the recording, on the source's thread. */
    public interface Question<T> {
        T ask(RecordingReader recording, EventTable table) throws RecordingException;
    }

    private final Path file;
    private final Listener listener;
    private final ReaderThread events;
    private final ReaderThread searching;
    private final ReaderThread counting;
    private final EventPages pages;

    public EventSource(Path file, Listener listener) {
        this.file = file;
        this.listener = listener;
        this.events = new ReaderThread(file, "events", listener::failed);
        this.searching = new ReaderThread(file, "filter", listener::failed);
        this.counting = new ReaderThread(file, "timeline", listener::failed);
        this.pages = new EventPages(events, listener::changed);
    }

    public Path file() {
        return file;
    }

    /** What it says of itself, read anew. Fails with a {@link RecordingException}. */
    public CompletableFuture<Facts> facts() {
        return ask((recording, table) -> {
            table.refresh();
            pages.forgetEnd();
            Map<String, String> said = recording.facts();
            RecordingReader.End end = recording.end();
            return new Facts(
                    said,
                    table.count(),
                    new Range(recording.base().instant(), end.instant()),
                    end.isTorn(),
                    Symbols.of(Path.of(said.getOrDefault("symbols", ""))),
                    Notes.of(recording));
        });
    }

    /** An answer, by the thread that reads events; completes with what the question throws, where it fails. */
    public <T> CompletableFuture<T> ask(Question<T> question) {
        return ask(events, question);
    }

    private static <T> CompletableFuture<T> ask(ReaderThread thread, Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        thread.ask((recording, table) -> {
            try {
                answer.complete(question.ask(recording, table));
            } catch (RecordingException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** An event that is there already. */
    public Optional<TraceEvent> event(long number) {
        return pages.get(number);
    }

    /** These events, and no others, are to be read. */
    public void want(Collection<Long> numbers) {
        pages.want(numbers);
    }

    /** The number of the first event at an instant or later; of the last event if there is none. */
    public CompletableFuture<Long> eventAt(long instant) {
        return ask((recording, table) -> Math.max(0, Math.min(table.rowAt(instant), table.count() - 1)));
    }

    /** Begins to look for the events that are meant; behind the search before it, which the caller cancels. */
    public Selection select(EventFilter filter) {
        Selection selection = new Selection(filter, listener::changed);
        searching.ask((recording, table) -> {
            table.refresh();
            selection.find(table);
        });
        return selection;
    }

    /** Begins to count; behind the counting before it, which the caller cancels. */
    public Timeline timeline(Range instants, int bins) {
        Timeline timeline = new Timeline(instants, bins, listener::changed);
        counting.ask((recording, table) -> {
            table.refresh();
            timeline.count(table);
        });
        return timeline;
    }

    /** Writes a note, and answers with all of them. */
    public CompletableFuture<List<Note>> addNote(Note note) {
        return ask((recording, table) -> {
            Notes.add(file, note);
            return Notes.of(recording);
        });
    }

    /** The threads end when they have done what they are at; cancel a search before. */
    @Override
    public void close() {
        events.close();
        searching.close();
        counting.close();
    }
}
