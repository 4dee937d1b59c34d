// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * The events that a filter selects, in their order. Where the recording has an index and the filter names few of the places that
 * the events come from, only the pieces with such events are read.
 */
public final class EventSearch {
    /** Of how many events at least one must be meant for reading all of them to be as quick. */
    private static final int DENSE = 200;

    /** Takes the events in turn. */
    public interface Taker {
        /** False: no more are wanted. */
        boolean event(TraceEvent event) throws RecordingException;
    }

    private final RecordingReader recording;
    private final EventTable table;
    private final EventFilter filter;
    private LongConsumer progress = looked -> {};

    public EventSearch(RecordingReader recording, EventTable table, EventFilter filter) {
        this.recording = recording;
        this.table = table;
        this.filter = filter;
    }

    /** Who is told now and then how many rows have been looked at. */
    public void progress(LongConsumer told) {
        progress = told;
    }

    public void forEach(Taker taker) throws RecordingException {
        if (recording.hasIndex() && isSparse()) {
            byIndex(taker);
        } else {
            byLooking(taker);
        }
    }

    private void byLooking(Taker taker) throws RecordingException {
        table.forEachPiece(filter.instants(), events -> {
            for (TraceEvent event : events) {
                if (filter.matches(event) && !taker.event(event)) {
                    return false;
                }
            }
            progress.accept(events.isEmpty() ? 0 : events.get(events.size() - 1).number());
            return true;
        });
    }

    private boolean isSparse() throws RecordingException {
        if (filter.kinds().isEmpty()
                && filter.addresses().equals(Range.ALL)
                && filter.rips().equals(Range.ALL)) {
            return false;
        }
        long most = table.count() / DENSE;
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM (SELECT 1 FROM event_row WHERE site IN ("
                        + sites() + ") LIMIT " + (most + 1) + ")")) {
            return row.getLong(1) <= most;
        } catch (SQLException e) {
            throw new RecordingException(recording.file(), "table event_row cannot be read: " + e.getMessage());
        }
    }

    private void byIndex(Taker taker) throws RecordingException {
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id FROM event_row WHERE site IN (" + sites() + ") ORDER BY id")) {
            while (row.next()) {
                TraceEvent event = table.rows(row.getLong(1), 1).get(0);
                if (filter.matches(event) && !taker.event(event)) {
                    return;
                }
                progress.accept(event.number());
            }
        } catch (SQLException e) {
            throw new RecordingException(recording.file(), "table event_row cannot be read: " + e.getMessage());
        }
    }

    private String sites() {
        String kinds = filter.kinds().isEmpty()
                ? "1"
                : "kind IN (" + filter.kinds().stream().map(String::valueOf).collect(Collectors.joining(",")) + ")";
        return "SELECT id FROM site WHERE " + kinds + " AND " + between("address", filter.addresses()) + " AND "
                + between("rip", filter.rips());
    }

    /** SQLite's integers are signed. */
    private static String between(String column, Range range) {
        String join = range.first() >= 0 && range.last() < 0 ? "OR" : "AND";
        return String.format(Locale.ROOT, "(%s >= %d %s %s <= %d)", column, range.first(), join, column, range.last());
    }
}
