// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.SelectedRows;

/** The events that a filter selects. It grows while a thread looks through the recording. */
public final class Selection {
    private final SelectedRows found;
    private final Runnable changed;
    private volatile long looked;
    private volatile boolean isDone;
    private volatile boolean isCancelled;

    Selection(EventFilter filter, Runnable changed) {
        this.found = new SelectedRows(filter);
        this.changed = changed;
    }

    void find(EventTable table) throws RecordingException {
        try {
            if (!isCancelled) {
                found.find(table, this::report);
            }
        } finally {
            isDone = true;
            changed.run();
        }
    }

    private boolean report(long rows) {
        looked = rows;
        changed.run();
        return !isCancelled;
    }

    /** Stops looking; what was found stays. */
    public void cancel() {
        isCancelled = true;
    }

    /** Nothing more will be found: all was looked at, or it was cancelled or has failed. */
    public boolean isDone() {
        return isDone;
    }

    /** Ended by {@link #cancel}. */
    public boolean isCancelled() {
        return isCancelled;
    }

    /** How many events were looked at. */
    public long looked() {
        return looked;
    }

    public int count() {
        return found.count();
    }

    /** The number of the event at a place among those found. */
    public long event(int index) {
        return found.row(index);
    }

    /** Where an event is, or would be, among those found. */
    public int indexOf(long event) {
        return found.indexOf(event);
    }
}
