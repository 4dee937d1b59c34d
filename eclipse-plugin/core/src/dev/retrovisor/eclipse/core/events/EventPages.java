// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.EventTable;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The events that were looked at last, by their numbers. Who shows some says which ({@link #want}), and is told when they are there; those that were wanted before and
 * have not come yet are forgotten, so that fast scrolling leaves nothing to be read behind it.
 */
final class EventPages {
    private static final int PAGE_EVENTS = 64;
    private static final int PAGES_KEPT = 512;

    private final ReaderThread reader;
    private final Runnable changed;
    private final Map<Long, List<TraceEvent>> pages = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<TraceEvent>> eldest) {
            return size() > PAGES_KEPT;
        }
    };
    private final Deque<Long> wanted = new ArrayDeque<>();
    private boolean isReading;

    /** {@code changed} is told on the reader's thread. */
    EventPages(ReaderThread reader, Runnable changed) {
        this.reader = reader;
        this.changed = changed;
    }

    /** An event that is there already. */
    synchronized Optional<TraceEvent> get(long event) {
        List<TraceEvent> page = pages.get(event / PAGE_EVENTS);
        int at = (int) (event % PAGE_EVENTS);
        return page == null || at >= page.size() ? Optional.empty() : Optional.of(page.get(at));
    }

    /** These events, and no others, are to be read. */
    synchronized void want(Collection<Long> events) {
        wanted.clear();
        events.stream()
                .map(event -> event / PAGE_EVENTS)
                .distinct()
                .filter(page -> !pages.containsKey(page))
                .forEach(wanted::add);
        if (!wanted.isEmpty() && !isReading) {
            isReading = true;
            reader.ask((recording, table) -> readAll(table));
        }
    }

    /** Forgets what may have grown: the page at the end. What is shown stays. */
    synchronized void forgetEnd() {
        pages.values().removeIf(page -> page.size() < PAGE_EVENTS);
    }

    private void readAll(EventTable table) throws RecordingException {
        boolean isWhole = false;
        try {
            for (Optional<Long> page; (page = next()).isPresent(); ) {
                put(page.get(), table.rows(page.get() * PAGE_EVENTS, PAGE_EVENTS));
                changed.run();
            }
            isWhole = true;
        } finally {
            if (!isWhole) {
                giveUp();
            }
        }
    }

    private synchronized Optional<Long> next() {
        Long page = wanted.poll();
        isReading = page != null;
        return Optional.ofNullable(page);
    }

    private synchronized void put(long page, List<TraceEvent> events) {
        pages.put(page, events);
    }

    private synchronized void giveUp() {
        wanted.clear();
        isReading = false;
    }
}
