// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.RecordingReader.Piece;
import dev.retrovisor.store.format.TraceEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The events of a recording as the rows of a table: row n is event n. The last pieces that were looked at are kept. */
public final class EventTable {
    private static final int PIECES_KEPT = 8;

    /** Takes pieces of events in turn. */
    interface PieceTaker {
        /** False: no more are wanted. */
        boolean piece(List<TraceEvent> events) throws RecordingException;
    }

    private final RecordingReader recording;
    private final Map<Long, List<TraceEvent>> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<TraceEvent>> eldest) {
            return size() > PIECES_KEPT;
        }
    };
    private List<Piece> pieces;

    /** The recording stays the caller's, who closes it. */
    public EventTable(RecordingReader recording) throws RecordingException {
        this.recording = recording;
        this.pieces = recording.pieces();
    }

    /** Takes in what has been committed to a recording that is being written. */
    public void refresh() throws RecordingException {
        pieces = recording.pieces();
    }

    /** How many rows there are. */
    public long count() {
        return pieces.isEmpty() ? 0 : last().firstEvent() + last().events();
    }

    /** The instants from the first event to the last; none are 0 to 0. */
    public Range instants() {
        return pieces.isEmpty() ? new Range(0, 0) : new Range(pieces.get(0).firstInstant(), last().lastInstant());
    }

    private Piece last() {
        return pieces.get(pieces.size() - 1);
    }

    /** The rows from {@code first} on, at most {@code count}; fewer where the table ends. */
    public List<TraceEvent> rows(long first, int count) throws RecordingException {
        List<TraceEvent> rows = new ArrayList<>();
        long end = Math.min(first + count, count());
        for (long row = Math.max(0, first); row < end; ) {
            Piece piece = pieces.get(pieceOf(row));
            int from = (int) (row - piece.firstEvent());
            int to = (int) Math.min(piece.events(), end - piece.firstEvent());
            rows.addAll(events(piece).subList(from, to));
            row = piece.firstEvent() + to;
        }
        return rows;
    }

    /** The first row whose instant is {@code instant} or later; {@link #count} if there is none. */
    public long rowAt(long instant) throws RecordingException {
        int at = firstPiece(instant);
        if (at == pieces.size()) {
            return count();
        }
        List<TraceEvent> events = events(pieces.get(at));
        int row = 0;
        while (Long.compareUnsigned(events.get(row).instant(), instant) < 0) {
            row++;
        }
        return events.get(row).number();
    }

    /** The pieces with events at these instants, in their order. */
    void forEachPiece(Range instants, PieceTaker taker) throws RecordingException {
        for (Piece piece : pieces.subList(firstPiece(instants.first()), pieces.size())) {
            if (Long.compareUnsigned(piece.firstInstant(), instants.last()) > 0
                    || !taker.piece(recording.eventsOf(piece))) {
                return;
            }
        }
    }

    /** How many events there are in the pieces that these events lie in. */
    long eventsAround(long[] numbers) {
        BitSet around = new BitSet(pieces.size());
        for (long number : numbers) {
            around.set(pieceOf(number));
        }
        return around.stream().mapToLong(index -> pieces.get(index).events()).sum();
    }

    /** The events of the piece that an event lies in, which is not negative and below {@link #count}. */
    List<TraceEvent> pieceWith(long event) throws RecordingException {
        return events(pieces.get(pieceOf(event)));
    }

    private List<TraceEvent> events(Piece piece) throws RecordingException {
        List<TraceEvent> events = kept.get(piece.id());
        if (events == null) {
            events = recording.eventsOf(piece);
            kept.put(piece.id(), events);
        }
        return events;
    }

    /** The index of the piece with this event. */
    private int pieceOf(long event) {
        int low = 0;
        int high = pieces.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pieces.get(middle).firstEvent() <= event) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The index of the first piece that ends at {@code instant} or later. */
    private int firstPiece(long instant) {
        int low = 0;
        int high = pieces.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(pieces.get(middle).lastInstant(), instant) >= 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
