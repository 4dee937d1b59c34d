// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one recording. What comes from chunks, pages and the base has been checked against its sums; what does not hold is a
 * {@link RecordingException} that names the place. Owned by one thread.
 */
public final class RecordingReader implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    /** Takes the events in turn. */
    public interface Events<X extends Exception> {
        /** False: no more are wanted. */
        boolean event(TraceEvent event) throws X, RecordingException;
    }

    /** Takes the log's bytes in turn. */
    public interface Bytes<X extends Exception> {
        void bytes(long position, byte[] log) throws X, RecordingException;
    }

    /** Takes the base's pages in the order of their frames. */
    public interface Pages<X extends Exception> {
        void page(long frame, byte[] content) throws X, RecordingException;
    }

    /**
     * How far the recording reaches.
     *
     * @param instant the last instant that a replay can come to
     * @param position of the log byte after the last
     * @param isTorn the writer was killed, or a part is missing: the end is that of the last whole piece
     */
    public record End(long instant, long position, boolean isTorn) {}

    /**
     * A stretch of events that lies in one piece in the file.
     *
     * @param firstEvent number of its first event; it has {@code events} of them
     */
    public record Piece(long id, long firstEvent, long events, long firstInstant, long lastInstant) {}

    private final Path file;
    private final Connection connection;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final ChunkReader chunks;
    private long version;

    private RecordingReader(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
        this.chunks = new ChunkReader(file, connection, zstd);
    }

    /** Opens a recording for reading. */
    public static RecordingReader open(Path file) throws RecordingException {
        if (!Files.isRegularFile(file)) {
            throw new RecordingException(file, "no such file");
        }
        Connection connection = null;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            RecordingReader reader = new RecordingReader(file, connection);
            reader.checkVersion();
            reader.pragma("PRAGMA query_only = 1");
            return reader;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw new RecordingException(file, "is no recording, or damaged", e);
        } catch (RecordingException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("a connection that was only read from", e);
        }
    }

    private void checkVersion() throws SQLException, RecordingException {
        long application = number("PRAGMA application_id");
        if (application != Schema.APPLICATION) {
            throw new RecordingException(file, "is no recording (application id " + application + ")");
        }
        version = number("PRAGMA user_version");
        if (version < Schema.OLDEST || version > Schema.VERSION) {
            throw new RecordingException(
                    file,
                    "has format version " + version + " (expected: " + Schema.OLDEST + " to " + Schema.VERSION
                            + "); it was made by another retrovisor");
        }
        if (version == 1) {
            Schema.addViewsOfVersion1(connection);
        }
    }

    private void pragma(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private long number(String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** For questions in SQL. */
    public Connection connection() {
        return connection;
    }

    public Path file() {
        return file;
    }

    private interface Question<T> {
        T ask() throws SQLException, RecordingException;
    }

    private <T> T guarded(String where, Question<T> question) throws RecordingException {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new RecordingException(file, where + " cannot be read", e);
        }
    }

    /** What is said about the recording: names and values. */
    public Map<String, String> facts() throws RecordingException {
        return guarded("table recording", () -> {
            Map<String, String> facts = new LinkedHashMap<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT name, value FROM recording ORDER BY name")) {
                while (row.next()) {
                    facts.put(row.getString(1), row.getString(2));
                }
            }
            return facts;
        });
    }

    public Machine machine() throws RecordingException {
        return guarded("table machine", () -> {
            List<String> lines = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT line FROM machine ORDER BY id")) {
                while (row.next()) {
                    lines.add(String.valueOf(row.getString(1)));
                }
            }
            return new Machine(lines);
        });
    }

    /** The state it begins from. */
    public Base base() throws RecordingException {
        return guarded("table base", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT instant, position, inject, cpu FROM base")) {
                if (!row.next() || row.getBytes(4) == null) {
                    throw new RecordingException(
                            file, "has no base: the recording ended before all of the guest's memory was kept");
                }
                return new Base(row.getLong(1), row.getLong(2), numbers(row.getString(3)), row.getBytes(4));
            }
        });
    }

    /** The event on its way, as it stands in the file. */
    List<Long> numbers(String list) throws RecordingException {
        if (list == null || !list.matches("\\[[0-9]{1,12}(, [0-9]{1,12}){4}\\]")) {
            throw new RecordingException(file, "the event on its way is '" + list + "'");
        }
        return Arrays.stream(list.substring(1, list.length() - 1).split(", "))
                .map(Long::valueOf)
                .toList();
    }

    /** How many pages the base has that are not all zeros. */
    long pageCount() throws RecordingException {
        return guarded("table base_page", () -> number("SELECT count(*) FROM base_page WHERE base = 1"));
    }

    /** The base's pages, each checked; the sum over all of them, and over base and machine, is checked at the end. */
    public <X extends Exception> void pages(Pages<X> taker) throws RecordingException, X {
        MessageDigest sum = Checks.beginBase(machine(), base());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT b.frame, p.sha256, p.content FROM base_page b"
                        + " LEFT JOIN page p ON p.id = b.page WHERE b.base = 1 ORDER BY b.frame")) {
            while (row.next()) {
                long frame = row.getLong(1);
                byte[] content = page(frame, row.getBytes(2), row.getBytes(3));
                Checks.addPage(sum, frame, row.getBytes(2));
                taker.page(frame, content);
            }
        } catch (SQLException e) {
            throw new RecordingException(file, "the pages of the base cannot be read", e);
        }
        checkBase(sum.digest());
    }

    /** A page's content, checked. */
    byte[] page(long frame, byte[] sum, byte[] packed) throws RecordingException {
        byte[] content = packed == null ? new byte[0] : unpack(packed, PAGE_BYTES, "the page of frame " + frame);
        if (sum == null || !Arrays.equals(Checks.sha256().digest(content), sum)) {
            throw new RecordingException(file, "the page of frame " + frame + " is damaged: its SHA-256 does not hold");
        }
        return content;
    }

    private void checkBase(byte[] sum) throws RecordingException {
        if (!Arrays.equals(sum, baseSum())) {
            throw new RecordingException(
                    file, "the base is damaged: the SHA-256 over machine, CPU and pages does not hold");
        }
    }

    /** The base's sum as it stands in the file. */
    byte[] baseSum() throws RecordingException {
        return guarded("table base", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT sha256 FROM base")) {
                return row.next() && row.getBytes(1) != null ? row.getBytes(1) : new byte[0];
            }
        });
    }

    private byte[] unpack(byte[] packed, int bytes, String where) throws RecordingException {
        try {
            return zstd.decompress(packed, bytes);
        } catch (ZstdException e) {
            throw new RecordingException(file, where + " is damaged", e);
        }
    }

    public List<Gap> gaps() throws RecordingException {
        return guarded("table gap", () -> {
            List<Gap> gaps = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT position, bytes, after_instant FROM gap ORDER BY position")) {
                while (row.next()) {
                    gaps.add(new Gap(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
            return gaps;
        });
    }

    public List<Mark> marks() throws RecordingException {
        return guarded("table mark", () -> {
            List<Mark> marks = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT instant, rip, digest FROM mark ORDER BY instant")) {
                while (row.next()) {
                    marks.add(new Mark(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
            return marks;
        });
    }

    /** How many events there are. */
    public long events() throws RecordingException {
        return guarded("table chunk", () -> number("SELECT coalesce(sum(events), 0) FROM chunk"));
    }

    /** Bytes of the log as the monitor has it. */
    public long logBytes() throws RecordingException {
        return guarded("table chunk", () -> number("SELECT coalesce(sum(bytes), 0) FROM chunk"));
    }

    /** Whether it is said where the events of each site lie (docs/decisions/0070). */
    public boolean hasIndex() throws RecordingException {
        return version > 1 && guarded("table site_run", () -> number("SELECT EXISTS (SELECT 1 FROM site_run)")) == 1;
    }

    /** Of the format (docs/spec/recording-format.md). {@link Migration} makes the newest of an older one. */
    public long version() {
        return version;
    }

    /** Whether it is of the newest version. */
    public boolean isOfNewestVersion() {
        return version == Schema.VERSION;
    }

    /** How far a replay from the base comes: up to the first gap, or the end. */
    public End end() throws RecordingException {
        Base base = base();
        List<Gap> gaps = gaps();
        long limit = gaps.isEmpty() ? Long.MAX_VALUE : gaps.get(0).position();
        long[] last = guarded("table chunk", () -> lastChunk(limit, base));
        Optional<End> said = guarded("table log_end", this::saidEnd);
        if (gaps.isEmpty() && said.isPresent() && said.get().position() == last[0]) {
            return said.get();
        }
        return new End(last[1], last[0], true);
    }

    private long[] lastChunk(long limit, Base base) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT position + bytes, last_instant FROM chunk WHERE position < ? ORDER BY position DESC LIMIT 1")) {
            find.setLong(1, limit);
            try (ResultSet row = find.executeQuery()) {
                return row.next()
                        ? new long[] {row.getLong(1), row.getLong(2)}
                        : new long[] {base.position(), base.instant()};
            }
        }
    }

    private Optional<End> saidEnd() throws SQLException, RecordingException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT position, instant, crc32c FROM log_end")) {
            if (!row.next()) {
                return Optional.empty();
            }
            if (Checks.crc32c(new byte[0], 0, row.getLong(1), row.getLong(2)) != row.getLong(3)) {
                throw new RecordingException(file, "table log_end is damaged: its CRC-32C does not hold");
            }
            return Optional.of(new End(row.getLong(2), row.getLong(1), false));
        }
    }

    /** The instant of an event, by its number. */
    public long instantOf(long event) throws RecordingException {
        long from = guarded(
                "table chunk",
                () -> number("SELECT first_instant FROM chunk WHERE first_event <= " + event
                        + " ORDER BY first_event DESC LIMIT 1"));
        long[] instant = {-1};
        this.<RuntimeException>events(from, found -> {
            instant[0] = found.number() == event ? found.instant() : instant[0];
            return found.number() < event;
        });
        if (instant[0] < 0) {
            throw new RecordingException(file, "has no event " + event + " (expected: < " + events() + ")");
        }
        return instant[0];
    }

    /** All events from {@code fromInstant} on, from the chunks. */
    public <X extends Exception> void events(long fromInstant, Events<X> taker) throws RecordingException, X {
        chunks.forEach(
                fromInstant,
                (chunk, log) ->
                        chunks.decode(chunk, log, event -> event.instant() < fromInstant || taker.event(event)));
    }

    /** Where the events lie, in their order. Of a recording that is being written: what is committed now. */
    public List<Piece> pieces() throws RecordingException {
        return chunks.pieces();
    }

    /** The events of one piece, checked. */
    public List<TraceEvent> eventsOf(Piece piece) throws RecordingException {
        return chunks.eventsOf(piece);
    }

    /** The log's bytes from the base on, without a break; ends before the first gap. */
    public <X extends Exception> void log(Bytes<X> taker) throws RecordingException, X {
        this.<X>packedLog(chunk -> {
            taker.bytes(chunk.position(), chunks.unpack(chunk));
            return true;
        });
    }

    /** The same as the chunks that it lies in, each checked. */
    <X extends Exception> void packedLog(ChunkReader.PackedTaker<X> taker) throws RecordingException, X {
        long[] next = {base().position()};
        chunks.<X>forEachPacked(Long.MIN_VALUE, chunk -> {
            if (chunk.position() != next[0]) {
                return stopAtGap(chunk, next[0]);
            }
            next[0] += chunk.bytes();
            return taker.chunk(chunk);
        });
    }

    /** All of the log's bytes, piece by piece; behind a gap they go on. */
    public <X extends Exception> void wholeLog(Bytes<X> taker) throws RecordingException, X {
        chunks.forEach(Long.MIN_VALUE, (chunk, log) -> {
            taker.bytes(chunk.position(), log);
            return true;
        });
    }

    private boolean stopAtGap(ChunkReader.Chunk chunk, long wanted) throws RecordingException {
        if (gaps().stream().anyMatch(gap -> gap.position() == wanted)) {
            return false;
        }
        throw new RecordingException(
                file, chunk.where() + " is at log byte " + chunk.position() + " (expected: " + wanted + ")");
    }

    /** What SQLite finds when it looks through the whole file; empty if all is well. */
    public List<String> integrity() throws RecordingException {
        return guarded("the file", () -> {
            List<String> found = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("PRAGMA integrity_check(20)")) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
            found.remove("ok");
            return found;
        });
    }

    /** The file's length in bytes, with what lies beside it until it is closed. */
    public long fileBytes() throws RecordingException {
        try {
            long bytes = Files.size(file);
            Path beside = Path.of(file + "-wal");
            return Files.exists(beside) ? bytes + Files.size(beside) : bytes;
        } catch (java.io.IOException e) {
            throw new RecordingException(file, "its size", e);
        }
    }

    @Override
    public void close() {
        zstd.close();
        closeQuietly(connection);
    }
}
