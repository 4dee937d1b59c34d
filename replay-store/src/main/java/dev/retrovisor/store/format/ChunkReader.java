// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.retrovisor.store.format.RecordingReader.Piece;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The log's chunks in a recording, each checked against its sum and unpacked. Connection and zstd's memory are {@link RecordingReader}'s. */
final class ChunkReader {
    private static final int MOST_CHUNK_BYTES = 64 << 20;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunk(
            long id,
            long position,
            long bytes,
            long firstEvent,
            long events,
            long first,
            long last,
            long crc,
            byte[] log) {
        /** For messages. */
        String where() {
            return "chunk " + id + " (@" + first + " to @" + last + ")";
        }
    }

    /** Takes chunks in turn, with the log that is in them. */
    interface Taker<X extends Exception> {
        /** False: no more are wanted. */
        boolean chunk(Chunk chunk, byte[] log) throws X, RecordingException;
    }

    /** Takes chunks in turn, as they lie in the file. */
    interface PackedTaker<X extends Exception> {
        /** False: no more are wanted. */
        boolean chunk(Chunk chunk) throws X, RecordingException;
    }

    private final Path file;
    private final Connection connection;
    private final ZstdDecompressCtx zstd;

    ChunkReader(Path file, Connection connection, ZstdDecompressCtx zstd) {
        this.file = file;
        this.connection = connection;
        this.zstd = zstd;
    }

    /** Those that end at {@code fromInstant} or later, in their order, each checked. */
    <X extends Exception> void forEach(long fromInstant, Taker<X> taker) throws RecordingException, X {
        this.<X>forEachPacked(fromInstant, chunk -> taker.chunk(chunk, unpack(chunk)));
    }

    /** The same, not unpacked. */
    <X extends Exception> void forEachPacked(long fromInstant, PackedTaker<X> taker) throws RecordingException, X {
        long id = 0;
        for (Optional<Chunk> chunk; (chunk = chunkAfter(id, fromInstant)).isPresent(); id = chunk.get().id) {
            check(chunk.get());
            if (!taker.chunk(chunk.get())) {
                return;
            }
        }
    }

    private Optional<Chunk> chunkAfter(long id, long fromInstant) throws RecordingException {
        String where = "the chunk after chunk " + id;
        try (PreparedStatement find = connection.prepareStatement("SELECT id, position, bytes, first_event, events,"
                + " first_instant, last_instant, crc32c, log FROM chunk WHERE id > ? AND last_instant >= ?"
                + " ORDER BY id LIMIT 1")) {
            find.setLong(1, id);
            find.setLong(2, fromInstant);
            try (ResultSet row = find.executeQuery()) {
                return row.next() ? Optional.of(chunk(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new RecordingException(file, where + " cannot be read", e);
        }
    }

    private static Chunk chunk(ResultSet row) throws SQLException {
        byte[] log = row.getBytes(9);
        return new Chunk(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                log == null ? new byte[0] : log);
    }

    private void check(Chunk chunk) throws RecordingException {
        long crc = Checks.crc32c(
                chunk.log,
                chunk.log.length,
                chunk.position,
                chunk.bytes,
                chunk.firstEvent,
                chunk.events,
                chunk.first,
                chunk.last);
        if (crc != chunk.crc || chunk.bytes < 0 || chunk.bytes > MOST_CHUNK_BYTES) {
            throw new RecordingException(file, chunk.where() + " is damaged: its CRC-32C does not hold");
        }
    }

    /** Of one that was checked. */
    byte[] unpack(Chunk chunk) throws RecordingException {
        try {
            return zstd.decompress(chunk.log, (int) chunk.bytes);
        } catch (ZstdException e) {
            throw new RecordingException(file, chunk.where() + " is damaged", e);
        }
    }

    /** The events in a chunk; false if no more were wanted. */
    <X extends Exception> boolean decode(Chunk chunk, byte[] log, RecordingReader.Events<X> taker)
            throws RecordingException, X {
        TraceDecoder decoder = new TraceDecoder(log, log.length, chunk.firstEvent);
        try {
            for (Optional<TraceEvent> event; (event = decoder.next()).isPresent(); ) {
                if (!taker.event(event.get())) {
                    return false;
                }
            }
        } catch (MalformedLogException e) {
            throw new RecordingException(file, chunk.where(), e);
        }
        return true;
    }

    List<Piece> pieces() throws RecordingException {
        List<Piece> pieces = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, first_event, events, first_instant, last_instant FROM chunk ORDER BY id")) {
            while (row.next()) {
                pieces.add(new Piece(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
            }
        } catch (SQLException e) {
            throw new RecordingException(file, "table chunk cannot be read", e);
        }
        return pieces;
    }

    List<TraceEvent> eventsOf(Piece piece) throws RecordingException {
        Chunk chunk = chunkAfter(piece.id() - 1, Long.MIN_VALUE)
                .filter(found -> found.id == piece.id())
                .orElseThrow(() -> new RecordingException(file, "has no chunk " + piece.id()));
        check(chunk);
        List<TraceEvent> events = new ArrayList<>((int) piece.events());
        this.<RuntimeException>decode(chunk, unpack(chunk), events::add);
        return events;
    }
}
