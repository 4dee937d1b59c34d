// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.TraceEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The events that a filter selects, in their order. Where the recording says where sites have events, and the filter names few
 * sites, only the pieces with such events are read. What is read is checked, unless {@link #allowRows} allows otherwise.
 */
public final class EventSearch {
    /** With more of them than this, most pieces have some, and it is quicker to read all without sorting. */
    private static final int MOST_RUNS = 50_000;

    /** Takes the events in turn. */
    public interface Taker {
        /** False: no more are wanted. */
        boolean event(TraceEvent event) throws RecordingException;
    }

    private final RecordingReader recording;
    private final EventTable table;
    private final EventFilter filter;
    private LongConsumer progress = looked -> {};
    private long mostLooked = Long.MAX_VALUE;
    private boolean usedRows;

    public EventSearch(RecordingReader recording, EventTable table, EventFilter filter) {
        this.recording = recording;
        this.table = table;
        this.filter = filter;
    }

    /** Who is told now and then how many rows have been looked at. */
    public void progress(LongConsumer told) {
        progress = told;
    }

    /**
     * Where the pieces to be read have more events than this, those that are selected may come from their rows: quickly, but no sum
     * covers these.
     */
    public void allowRows(long moreThan) {
        mostLooked = moreThan;
    }

    /** Whether the last {@link #forEach} gave events that no sum covers. */
    public boolean usedRows() {
        return usedRows;
    }

    public void forEach(Taker taker) throws RecordingException {
        usedRows = false;
        if (recording.hasIndex() && isSparse()) {
            if (table.count() > mostLooked && table.eventsAround(firstOfRuns()) > mostLooked) {
                byRows(taker);
            } else {
                byRuns(taker);
            }
        } else {
            byLooking(taker);
        }
    }

    private void byLooking(Taker taker) throws RecordingException {
        table.forEachPiece(filter.instants(), events -> take(events, 0, taker));
    }

    private boolean isSparse() throws RecordingException {
        if (filter.kinds().isEmpty()
                && filter.addresses().equals(Range.ALL)
                && filter.rips().equals(Range.ALL)) {
            return false;
        }
        return number("SELECT count(*) FROM (SELECT 1 FROM site_run WHERE site IN (" + sites() + ") LIMIT "
                        + (MOST_RUNS + 1) + ")")
                <= MOST_RUNS;
    }

    private long number(String question) throws RecordingException {
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.getLong(1);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private RecordingException unreadable(SQLException e) {
        return new RecordingException(recording.file(), "table site_run cannot be read: " + e.getMessage());
    }

    private long[] firstOfRuns() throws RecordingException {
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT first_event FROM site_run WHERE site IN (" + sites() + ") AND " + wanted())) {
            LongStream.Builder numbers = LongStream.builder();
            while (row.next()) {
                numbers.add(Math.min(Math.max(0, row.getLong(1)), table.count() - 1));
            }
            return numbers.build().toArray();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /** Of runs: that they may have events at the instants that are meant. */
    private String wanted() throws RecordingException {
        Range instants = filter.instants();
        String from = "last_event >= " + table.rowAt(instants.first());
        return instants.last() == -1 ? from : from + " AND first_event < " + table.rowAt(instants.last() + 1);
    }

    /** Long data is in the pieces only, and the event then, too. */
    private void byRows(Taker taker) throws RecordingException {
        usedRows = true;
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT e.id, e.instant, s.rip, s.address,"
                        + " coalesce(e.value, 0), s.kind, s.width, e.data FROM site s CROSS JOIN site_run r ON r.site = s.id"
                        + " CROSS JOIN event_row e ON e.id BETWEEN r.first_event AND r.last_event AND +e.site = s.id"
                        + " WHERE s.id IN (" + sites() + ") AND " + wanted() + " ORDER BY e.id")) {
            while (row.next()) {
                TraceEvent event = event(row);
                if (filter.matches(event) && !taker.event(event)) {
                    return;
                }
            }
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private TraceEvent event(ResultSet row) throws SQLException, RecordingException {
        byte[] data = row.getBytes(8);
        long number = row.getLong(1);
        if (data != null && data.length == 0 && number >= 0 && number < table.count()) {
            List<TraceEvent> piece = table.pieceWith(number);
            return piece.get((int) (number - piece.get(0).number()));
        }
        return new TraceEvent(
                number,
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getInt(6),
                row.getInt(7),
                data == null ? new byte[0] : data);
    }

    private void byRuns(Taker taker) throws RecordingException {
        long from = table.rowAt(filter.instants().first());
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT first_event, last_event FROM site_run WHERE site IN ("
                        + sites() + ") AND last_event >= " + from + " ORDER BY first_event")) {
            while (row.next()) {
                long first = Math.max(from, row.getLong(1));
                from = takeRun(first, Math.min(row.getLong(2), table.count() - 1), taker);
                if (from < 0) {
                    return;
                }
            }
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /** Looks into the pieces with events of a run. The first event that was not looked at; -1 if no more are wanted. */
    private long takeRun(long first, long last, Taker taker) throws RecordingException {
        long next = first;
        while (next <= last) {
            List<TraceEvent> events = table.pieceWith(next);
            if (Long.compareUnsigned(events.get(0).instant(), filter.instants().last()) > 0
                    || !take(events, next, taker)) {
                return -1;
            }
            next = events.get(events.size() - 1).number() + 1;
        }
        return next;
    }

    /** The matching ones from number {@code from} on; false if no more are wanted. */
    private boolean take(List<TraceEvent> events, long from, Taker taker) throws RecordingException {
        for (TraceEvent event : events) {
            if (event.number() >= from && filter.matches(event) && !taker.event(event)) {
                return false;
            }
        }
        progress.accept(events.isEmpty() ? 0 : events.get(events.size() - 1).number());
        return true;
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
