// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import java.util.Optional;

/**
 * Which event is in which row of a table.
 *
 * @param events how many the recording has
 * @param selection those that are meant; empty: all
 * @param isNewestFirst the latest event is in row 0
 */
public record Rows(long events, Optional<Selection> selection, boolean isNewestFirst) {
    public static final Rows NONE = new Rows(0, Optional.empty(), false);

    /** How many rows there are by now. */
    public long count() {
        return selection.map(found -> (long) found.count()).orElse(events);
    }

    /** The number of the event in a row, which is below {@code count}, a {@link #count} of before. */
    public long event(long row, long count) {
        long index = isNewestFirst ? count - 1 - row : row;
        return selection.map(found -> found.event((int) index)).orElse(index);
    }

    /** The row of an event, or of the next one that has a row; 0 if there is none. */
    public long rowOf(long event) {
        long count = count();
        long index = selection.map(found -> (long) found.indexOf(event)).orElse(event);
        long inside = Math.max(0, Math.min(index, count - 1));
        return isNewestFirst ? Math.max(0, count - 1 - inside) : inside;
    }

    public Rows with(Optional<Selection> other) {
        return new Rows(events, other, isNewestFirst);
    }

    public Rows newestFirst(boolean is) {
        return new Rows(events, selection, is);
    }
}
