// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Puts checkpoints into a recording that is finished: {@link #begin}, {@link #page} for each page that may have changed since the one
 * before, in the order of their frames, {@link #end}. Each is one transaction. Owned by one thread.
 */
public final class CheckpointWriter implements AutoCloseable {
    /** All checkpoints of a file together have no more pages: 256 MB unpacked, which a replay has in memory twice. */
    static final long MOST_PAGES = 65_536;

    private static final byte[] ZEROS = Checks.sha256().digest(new byte[4096]);

    private static final Set<PosixFilePermission> WRITE = EnumSet.of(
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** Milliseconds to wait for somebody who reads. */
    private static final int PATIENCE = 2000;

    private final Path file;
    private final Connection connection;
    private final PreparedStatement findLast;
    private final PreparedStatement findBase;
    private final PreparedStatement findPage;
    private final PreparedStatement insertPage;
    private final PreparedStatement insertChange;
    private Checkpoint state;
    private MessageDigest sum;
    private long id;
    private long pages;
    private long allPages;

    private CheckpointWriter(Path file, Connection connection) throws SQLException {
        this.file = file;
        this.connection = connection;
        findLast = connection.prepareStatement("SELECT p.sha256 FROM checkpoint_page c JOIN page p ON p.id = c.page"
                + " WHERE c.frame = ? AND c.checkpoint < ? ORDER BY c.checkpoint DESC LIMIT 1");
        findBase = connection.prepareStatement(
                "SELECT p.sha256 FROM base_page b JOIN page p ON p.id = b.page WHERE b.base = 1 AND b.frame = ?");
        findPage = connection.prepareStatement("SELECT id FROM page WHERE sha256 = ?");
        insertPage = connection.prepareStatement("INSERT INTO page (sha256, content) VALUES (?, ?)");
        insertChange = connection.prepareStatement("INSERT INTO checkpoint_page VALUES (?, ?, ?)");
    }

    /**
     * None where the file must stay as it is: it may not be written, is sealed, of another version, or is being recorded. To be called
     * before the file is opened for reading: one whose recorder was killed is settled first, which a reader would prevent.
     */
    public static Optional<CheckpointWriter> open(Path file) {
        if (!mayBeWritten(file)) {
            return Optional.empty();
        }
        Connection connection = null;
        CheckpointWriter writer = null;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            if (isOurs(connection) && isFinished(connection)) {
                writer = new CheckpointWriter(file, connection);
                connection.setAutoCommit(false);
            }
        } catch (SQLException e) {
            writer = null; // who opens it for reading is told what is wrong
        } finally {
            if (writer == null) {
                close(connection);
            }
        }
        return Optional.ofNullable(writer);
    }

    /** Root may write everything; a file that nobody is to write is one that root is not to change either. */
    private static boolean mayBeWritten(Path file) {
        try {
            return Files.isRegularFile(file)
                    && Files.isWritable(file)
                    && Files.getPosixFilePermissions(file).stream().anyMatch(WRITE::contains);
        } catch (IOException e) {
            return false;
        } catch (UnsupportedOperationException e) {
            return true; // no such permissions here
        }
    }

    /** For {@link Packer}, which seals what it has written. */
    static CheckpointWriter into(Path file) throws RecordingException {
        return open(file).orElseThrow(() -> new RecordingException(file, "its checkpoints cannot be written"));
    }

    private static boolean isOurs(Connection connection) throws SQLException {
        return number(connection, "PRAGMA application_id") == Schema.APPLICATION
                && number(connection, "PRAGMA user_version") == Schema.VERSION
                && number(connection, "SELECT count(*) FROM recording WHERE name = '" + Seal.FACT + "'") == 0
                && number(connection, "SELECT count(*) FROM base") == 1;
    }

    /** SQLite leaves its write-ahead log only when nobody else has the file open. */
    private static boolean isFinished(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = DELETE")) {
                if (!mode.next() || !mode.getString(1).equalsIgnoreCase("delete")) {
                    return false;
                }
            }
            statement.execute("PRAGMA busy_timeout = " + PATIENCE);
            return true;
        }
    }

    private static long number(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private interface Step {
        void run() throws SQLException, RecordingException;
    }

    /** What fails is undone. */
    private void guarded(Step step) throws RecordingException {
        boolean done = false;
        try {
            step.run();
            done = true;
        } catch (SQLException e) {
            throw new RecordingException(file, "its checkpoints cannot be written", e);
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    private void undo() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            state = null; // closing the file undoes it as well
        }
    }

    /**
     * Checkpoint number {@code number}, counted from 1, in the place of one that is there, and of those behind it, unless it is the
     * same.
     */
    public void begin(int number, Checkpoint checkpoint) throws RecordingException {
        guarded(() -> {
            id = number;
            state = checkpoint;
            pages = 0;
            byte[] before = sumBefore();
            sum = Checks.beginCheckpoint(before, checkpoint);
            run("DELETE FROM checkpoint_page WHERE checkpoint >= " + id);
            allPages = number(connection, "SELECT coalesce(sum(pages), 0) FROM checkpoint WHERE id < " + id);
        });
    }

    private byte[] sumBefore() throws SQLException, RecordingException {
        String question = id == 1 ? "SELECT sha256 FROM base" : "SELECT sha256 FROM checkpoint WHERE id = " + (id - 1);
        return sumOf(question)
                .orElseThrow(() -> new RecordingException(file, "has no checkpoint " + (id - 1) + " any more"));
    }

    private Optional<byte[]> sumOf(String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? Optional.ofNullable(row.getBytes(1)) : Optional.empty();
        }
    }

    private void run(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** What a page is there; nothing is kept if it was the same at the one before. */
    public void page(long frame, byte[] content) throws RecordingException {
        guarded(() -> {
            byte[] found = Checks.sha256().digest(content);
            if (Arrays.equals(found, known(frame))) {
                return;
            }
            if (++allPages > MOST_PAGES) {
                throw new RecordingException(
                        file, "its checkpoints have too many pages (expected: <= " + MOST_PAGES + "): no more of them");
            }
            pages++;
            Checks.addPage(sum, frame, found);
            insertChange.setLong(1, frame);
            insertChange.setLong(2, id);
            insertChange.setLong(3, pageId(found, content));
            insertChange.execute();
        });
    }

    /** The sum of what the page was at the checkpoint before; of zeros if nobody has it. */
    private byte[] known(long frame) throws SQLException {
        findLast.setLong(1, frame);
        findLast.setLong(2, id);
        Optional<byte[]> last = first(findLast);
        if (last.isPresent()) {
            return last.get();
        }
        findBase.setLong(1, frame);
        return first(findBase).orElse(ZEROS);
    }

    private static Optional<byte[]> first(PreparedStatement question) throws SQLException {
        try (ResultSet row = question.executeQuery()) {
            return row.next() ? Optional.ofNullable(row.getBytes(1)) : Optional.empty();
        }
    }

    private long pageId(byte[] sha256, byte[] content) throws SQLException {
        findPage.setBytes(1, sha256);
        try (ResultSet row = findPage.executeQuery()) {
            if (row.next()) {
                return row.getLong(1);
            }
        }
        insertPage.setBytes(1, sha256);
        insertPage.setBytes(2, Zstd.compress(content, RecordingWriter.QUICK));
        insertPage.execute();
        return number(connection, "SELECT last_insert_rowid()");
    }

    /** It is in the file when this returns. */
    public void end() throws RecordingException {
        guarded(() -> {
            byte[] found = sum.digest();
            if (Arrays.equals(
                    found,
                    sumOf("SELECT sha256 FROM checkpoint WHERE id = " + id).orElse(null))) {
                connection.rollback(); // with those behind it, it is there
                return;
            }
            boolean replaces = number(connection, "SELECT count(*) FROM checkpoint WHERE id >= " + id) > 0;
            run("DELETE FROM checkpoint WHERE id >= " + id);
            insert(found);
            if (replaces) {
                dropUnusedPages();
            }
            connection.commit();
        });
    }

    private void insert(byte[] sha256) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setLong(2, state.instant());
            insert.setLong(3, state.position());
            insert.setLong(4, state.events());
            insert.setString(5, state.inject().toString());
            insert.setBytes(6, state.cpu());
            insert.setLong(7, pages);
            insert.setBytes(8, sha256);
            insert.execute();
        }
    }

    private void dropUnusedPages() throws SQLException {
        run("DELETE FROM page WHERE id NOT IN"
                + " (SELECT page FROM base_page UNION SELECT page FROM checkpoint_page)");
    }

    /** Removes the checkpoints from number {@code number} on: they are not what the recording is. */
    public void removeFrom(int number) throws RecordingException {
        guarded(() -> {
            if (number(connection, "SELECT count(*) FROM checkpoint WHERE id >= " + number) == 0) {
                connection.rollback();
                return;
            }
            run("DELETE FROM checkpoint_page WHERE checkpoint >= " + number);
            run("DELETE FROM checkpoint WHERE id >= " + number);
            dropUnusedPages();
            connection.commit();
        });
    }

    /** A checkpoint that has begun and not ended is not there. */
    @Override
    public void close() {
        undo();
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("nothing was left to be written", e);
        }
    }
}
