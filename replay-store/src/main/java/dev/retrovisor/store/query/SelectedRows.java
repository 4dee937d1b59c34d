// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a table that a filter selects: {@link #find} looks through it, in a thread of its own if need be, with a table of its
 * own, and {@link #count} grows meanwhile; a view shows what is there already. Eight bytes for each row that was found.
 */
public final class SelectedRows {
    /** Says how far the search is. */
    public interface Progress {
        /**
         * Called now and then.
         *
         * @param looked rows looked at
         * @return false: no more is wanted
         */
        boolean looked(long looked);
    }

    private final EventFilter filter;
    private long[] rows = new long[1024];
    private int count;

    public SelectedRows(EventFilter filter) {
        this.filter = filter;
    }

    /** Looks through the table, which belongs to the calling thread. False if it was broken off. */
    public boolean find(EventTable table, Progress progress) throws RecordingException {
        boolean[] whole = {true};
        table.forEachPiece(filter.instants(), events -> {
            take(events);
            long looked = events.isEmpty() ? 0 : events.get(events.size() - 1).number() + 1;
            whole[0] = progress.looked(looked);
            return whole[0];
        });
        return whole[0];
    }

    private synchronized void take(List<TraceEvent> events) {
        for (TraceEvent event : events) {
            if (filter.matches(event)) {
                if (count == rows.length) {
                    rows = Arrays.copyOf(rows, count * 2);
                }
                rows[count++] = event.number();
            }
        }
    }

    /** How many were found so far. */
    public synchronized int count() {
        return count;
    }

    /** The number of the event that was found as number {@code index}. */
    public synchronized long row(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("row " + index + " (expected: 0 to " + (count - 1) + ")");
        }
        return rows[index];
    }

    /** Where an event's number is, or would be, among those found. */
    public synchronized int indexOf(long event) {
        int at = Arrays.binarySearch(rows, 0, count, event);
        return at >= 0 ? at : -at - 1;
    }
}
