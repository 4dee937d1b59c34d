// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes one recording: {@link #begin}, {@link #page} for each page in the order of their frames, {@link #endPages}; then
 * {@link #append} and {@link #reached} as the log comes, and {@link #commit} at least every 100 ms. What is committed is there
 * after a crash of this process. After a failure the file holds what was committed; on a disk that is full there is room left for
 * what came since ({@link #startAgain}). Owned by one thread.
 */
public final class RecordingWriter implements AutoCloseable {
    /** A chunk holds at most about so much of the log. */
    public static final int CHUNK_BYTES = 256 << 10;

    /** Of zstd: quick enough to keep up with a guest. */
    public static final int QUICK = 3;

    /** Of zstd: small. */
    static final int SMALL = 19;

    private final Path file;
    private final Connection connection;
    private final int level;
    private final boolean hasRows;
    private final PreparedStatement insertPage;
    private final PreparedStatement insertBasePage;
    private final PreparedStatement insertChunk;
    private final Reserve reserve;
    private EventRows rows;
    private final Map<String, Long> pages = new HashMap<>();
    private Base base;
    private MessageDigest baseSum;
    private long pageCount;
    private byte[] pending = new byte[CHUNK_BYTES * 2];
    private int pendingLength;
    private long position;
    private long events;
    private long lastInstant;
    private long endPosition;
    private long endInstant;
    private long endWritten = -1;
    private Committed committed;

    /** Of a record that was not whole at the last commit. */
    private byte[] restCommitted = new byte[0];

    /** What is in the file. */
    private record Committed(long position, long events, long lastInstant, long endPosition, long endInstant) {}

    private RecordingWriter(Path file, Connection connection, int level, boolean hasRows) throws SQLException {
        this.file = file;
        this.connection = connection;
        this.level = level;
        this.hasRows = hasRows;
        insertPage = connection.prepareStatement("INSERT INTO page VALUES (?, ?, ?)");
        insertBasePage = connection.prepareStatement("INSERT INTO base_page VALUES (1, ?, ?)");
        insertChunk = connection.prepareStatement("INSERT INTO chunk VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)");
        rows = new EventRows(connection);
        reserve = Reserve.beside(file);
    }

    /** Makes the file; it must not be there. */
    public static RecordingWriter create(Path file) throws RecordingException {
        return create(file, QUICK, true);
    }

    /**
     * The same.
     *
     * @param level of zstd
     * @param hasRows the events stand in a table for SQL, too
     */
    static RecordingWriter create(Path file, int level, boolean hasRows) throws RecordingException {
        if (Files.exists(file)) {
            throw new RecordingException(file, "is there already (expected: a new file, or --force)");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new RecordingException(file, "no such folder: " + folder);
        }
        try {
            return new RecordingWriter(file, open(file), level, hasRows);
        } catch (SQLException e) {
            remove(file);
            throw new RecordingException(file, "cannot be made", e);
        }
    }

    private static Connection open(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try {
            prepare(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 8192");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA cache_size = -32768");
        }
        connection.setAutoCommit(false);
        Schema.create(connection);
        connection.commit();
    }

    /** A fact about the recording; a second one of the same name replaces it. */
    public void describe(String name, String value) throws RecordingException {
        guarded("recording", () -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO recording VALUES (?, ?)")) {
                insert.setString(1, name);
                insert.setString(2, value);
                insert.execute();
            }
        });
    }

    /** The machine and its state at the beginning. */
    public void begin(Machine machine, Base from) throws RecordingException {
        base = from;
        baseSum = Checks.beginBase(machine, from);
        position = from.position();
        lastInstant = from.instant();
        reached(position, from.instant());
        guarded("machine", () -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO machine VALUES (NULL, ?)")) {
                for (String line : machine.lines()) {
                    insert.setString(1, line);
                    insert.execute();
                }
            }
        });
    }

    /** A page of the base that is not all zeros. */
    public void page(long frame, byte[] content) throws RecordingException {
        byte[] sum = Checks.sha256().digest(content);
        Checks.addPage(baseSum, frame, sum);
        pageCount++;
        guarded("page of frame " + frame, () -> {
            Long known = pages.get(Arrays.toString(sum));
            if (known == null) {
                known = pages.size() + 1L;
                pages.put(Arrays.toString(sum), known);
                insertPage.setLong(1, known);
                insertPage.setBytes(2, sum);
                insertPage.setBytes(3, Zstd.compress(content, level));
                insertPage.execute();
            }
            insertBasePage.setLong(1, frame);
            insertBasePage.setLong(2, known);
            insertBasePage.execute();
        });
    }

    /** All pages are there: from now on the recording can be replayed. */
    public void endPages() throws RecordingException {
        pages.clear();
        guarded("base", () -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO base VALUES (1, ?, ?, ?, ?, ?, ?)")) {
                insert.setLong(1, base.instant());
                insert.setLong(2, base.position());
                insert.setString(3, base.inject().toString());
                insert.setBytes(4, base.cpu());
                insert.setLong(5, pageCount);
                insert.setBytes(6, baseSum.digest());
                insert.execute();
            }
        });
        commit();
    }

    /** The position of the log byte that is wanted next. */
    public long wanted() {
        return position + pendingLength;
    }

    /**
     * Log bytes from {@code from} on, which is {@link #wanted}, or later: then what is in between is missing for good, and the
     * bytes begin with a record.
     */
    public void append(long from, byte[] bytes, int offset, int length) throws RecordingException {
        if (Long.compareUnsigned(from, wanted()) > 0) {
            gap(from);
        }
        int at = offset;
        while (at < offset + length) {
            int part = Math.min(offset + length - at, pending.length - pendingLength);
            System.arraycopy(bytes, at, pending, pendingLength, part);
            pendingLength += part;
            at += part;
            if (pendingLength >= CHUNK_BYTES) {
                writeChunk();
            }
        }
    }

    private void gap(long to) throws RecordingException {
        writeChunk();
        long missing = to - position;
        guarded("gap at log byte " + position, () -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO gap VALUES (?, ?, ?)")) {
                insert.setLong(1, position);
                insert.setLong(2, missing);
                insert.setLong(3, lastInstant);
                insert.execute();
            }
        });
        pendingLength = 0;
        position = to;
    }

    /** All of the log up to {@code logPosition} has been appended, and the guest had come to {@code instant} then. */
    public void reached(long logPosition, long instant) {
        endPosition = logPosition;
        endInstant = instant;
    }

    /** The guest's state at an instant. */
    public void mark(Mark mark) throws RecordingException {
        guarded("mark", () -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)")) {
                insert.setLong(1, mark.instant());
                insert.setLong(2, mark.rip());
                insert.setLong(3, mark.digest());
                insert.execute();
            }
        });
    }

    /** A note of the user's (docs/spec/recording-format.md). */
    void note(long instant, String made, String text) throws RecordingException {
        guarded("note", () -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO note (instant, made, text) VALUES (?, ?, ?)")) {
                insert.setLong(1, instant);
                insert.setString(2, made);
                insert.setString(3, text);
                insert.execute();
            }
        });
    }

    private void writeChunk() throws RecordingException {
        int whole = 0;
        try {
            for (int next; (next = TraceDecoder.recordLength(pending, whole, pendingLength)) > 0; ) {
                whole += next;
            }
            if (whole > 0) {
                writeEvents(whole);
            }
        } catch (MalformedLogException e) {
            throw new RecordingException(file, "the monitor sent, at log byte " + (position + e.offset()), e);
        }
        System.arraycopy(pending, whole, pending, 0, pendingLength - whole);
        pendingLength -= whole;
        position += whole;
    }

    private void writeEvents(int whole) throws RecordingException, MalformedLogException {
        TraceDecoder decoder = new TraceDecoder(pending, whole, events);
        Optional<TraceEvent> event = decoder.next();
        long first = event.map(TraceEvent::instant).orElse(lastInstant);
        long firstEvent = events;
        try {
            for (; event.isPresent(); event = decoder.next()) {
                if (hasRows) {
                    rows.add(event.get());
                }
                lastInstant = event.get().instant();
                events++;
            }
            rows.flush();
            insertChunk(whole, firstEvent, first);
        } catch (SQLException e) {
            throw new RecordingException(file, "cannot be written at @" + lastInstant, e);
        }
    }

    private void insertChunk(int whole, long firstEvent, long firstInstant) throws SQLException {
        byte[] packed = Zstd.compress(Arrays.copyOf(pending, whole), level);
        insertChunk.setLong(1, position);
        insertChunk.setLong(2, whole);
        insertChunk.setLong(3, firstEvent);
        insertChunk.setLong(4, events - firstEvent);
        insertChunk.setLong(5, firstInstant);
        insertChunk.setLong(6, lastInstant);
        insertChunk.setLong(
                7,
                Checks.crc32c(
                        packed,
                        packed.length,
                        position,
                        whole,
                        firstEvent,
                        events - firstEvent,
                        firstInstant,
                        lastInstant));
        insertChunk.setBytes(8, packed);
        insertChunk.execute();
    }

    /** What was given before is on disk when this returns. */
    public void commit() throws RecordingException {
        writeChunk();
        guarded("commit at @" + lastInstant, () -> {
            if (endPosition == position && endInstant != endWritten) {
                writeEnd();
                endWritten = endInstant;
            }
            connection.commit();
        });
        committed = new Committed(position, events, lastInstant, endPosition, endInstant);
        restCommitted = Arrays.copyOf(pending, pendingLength);
    }

    /**
     * After a failure: goes back to the last commit, and gives up the room that was kept for this. What was given since may be given
     * once more, and committed; nothing else.
     */
    public void startAgain() throws RecordingException {
        if (committed == null || reserve == null) {
            throw new RecordingException(file, "has no room kept");
        }
        reserve.close();
        guarded("again", () -> {
            beginAnew();
            rows = new EventRows(connection);
        });
        System.arraycopy(restCommitted, 0, pending, 0, restCommitted.length);
        pendingLength = restCommitted.length;
        position = committed.position;
        events = committed.events;
        lastInstant = committed.lastInstant;
        reached(committed.endPosition, committed.endInstant);
        endWritten = -1;
    }

    /** SQLite may have ended the transaction by itself, which JDBC does not see. */
    private void beginAnew() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException none) {
            // It had.
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
        }
    }

    private void writeEnd() throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO log_end VALUES (1, ?, ?, ?)")) {
            insert.setLong(1, endPosition);
            insert.setLong(2, endInstant);
            insert.setLong(3, Checks.crc32c(new byte[0], 0, endPosition, endInstant));
            insert.execute();
        }
    }

    /** How many events there are so far. */
    public long events() {
        return events;
    }

    private interface Step {
        void run() throws SQLException;
    }

    private void guarded(String where, Step step) throws RecordingException {
        try {
            step.run();
        } catch (SQLException e) {
            throw new RecordingException(file, "cannot be written (" + where + ")", e);
        }
    }

    /** Commits, and leaves one file. */
    public void finish() throws RecordingException {
        commit();
        guarded("end", () -> {
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
                statement.execute("PRAGMA journal_mode = DELETE");
            }
        });
    }

    /** Without {@link #finish} first: what was not committed is gone. */
    @Override
    public void close() {
        if (reserve != null) {
            reserve.close();
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // Nothing that was committed can be lost by this.
            pages.clear();
        }
    }

    /** Removes a recording that never began. */
    public void discard() throws RecordingException {
        close();
        remove(file);
    }

    private static void remove(Path file) throws RecordingException {
        try {
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(Path.of(file + suffix));
            }
        } catch (IOException e) {
            throw new RecordingException(file, "cannot be removed", e);
        }
    }
}
