// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.EventSource;
import dev.retrovisor.eclipse.ui.UiThread;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.Range;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** The recording that is shown, if any. Answers of one that was shown before are dropped. On the user interface's thread. */
final class OpenRecording {
    private final UiThread thread;
    private final Consumer<Throwable> failed;
    private Optional<EventSource> source = Optional.empty();
    private Optional<EventSource.Facts> facts = Optional.empty();

    /** {@code failed} is told what an answer failed with. */
    OpenRecording(UiThread thread, Consumer<Throwable> failed) {
        this.thread = thread;
        this.failed = failed;
    }

    /** Shows another one; {@code taker} is told when its facts are there. */
    void open(Path file, EventSource.Listener listener, Consumer<EventSource.Facts> taker) {
        close();
        source = Optional.of(new EventSource(file, listener));
        readFacts(taker);
    }

    /** Takes in what has been written to it since. */
    void readFacts(Consumer<EventSource.Facts> taker) {
        ask(EventSource::facts, said -> {
            facts = Optional.of(said);
            taker.accept(said);
        });
    }

    void close() {
        source.ifPresent(EventSource::close);
        source = Optional.empty();
        facts = Optional.empty();
    }

    /** {@code taker} gets the answer, unless another recording is shown by then. */
    <T> void ask(Function<EventSource, CompletableFuture<T>> question, Consumer<T> taker) {
        source.ifPresent(asked -> question.apply(asked)
                .whenComplete((answer, failure) -> thread.later(() -> {
                    if (source.filter(shown -> shown == asked).isPresent()) {
                        take(answer, failure, taker);
                    }
                })));
    }

    private <T> void take(T answer, Throwable failure, Consumer<T> taker) {
        if (failure == null) {
            taker.accept(answer);
        } else {
            failed.accept(failure);
        }
    }

    boolean shows(Path file) {
        return file().filter(file::equals).isPresent();
    }

    Optional<Path> file() {
        return source.map(EventSource::file);
    }

    Optional<EventSource> source() {
        return source;
    }

    /** Empty until they are read. */
    Optional<EventSource.Facts> facts() {
        return facts;
    }

    Optional<Range> instants() {
        return facts.map(EventSource.Facts::instants);
    }

    long events() {
        return facts.map(EventSource.Facts::events).orElse(0L);
    }

    /** An event that is there already. */
    Optional<TraceEvent> event(long number) {
        return source.filter(from -> number >= 0).flatMap(from -> from.event(number));
    }
}
