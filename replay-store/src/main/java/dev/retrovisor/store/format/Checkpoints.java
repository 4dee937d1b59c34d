// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A recording's checkpoints (docs/decisions/0076), all of them checked. Each has the pages that are others than at the one before, so
 * where one is damaged those behind it are of no use: the list ends before it, and {@link #complaint} says so. What is wrong with
 * them never is a reason not to replay: a replay can begin at an earlier one, or at the base.
 */
public final class Checkpoints {
    private static final int PAGE_SHIFT = 12;

    /** What a checkpoint has: frames, rising, and the ids of their pages. */
    record Change(Checkpoint state, List<Long> frames, List<Long> pages) {}

    private final RecordingReader recording;
    private final List<Change> changes = new ArrayList<>();
    private byte[] sum;
    private String complaint = "";

    private Checkpoints(RecordingReader recording, byte[] sum) {
        this.recording = recording;
        this.sum = sum;
    }

    /** Reads and checks them; the recording stays the caller's, who closes it. */
    public static Checkpoints of(RecordingReader recording) throws RecordingException {
        Checkpoints checkpoints = new Checkpoints(recording, recording.baseSum());
        if (recording.isOfNewestVersion()) {
            checkpoints.read();
        }
        return checkpoints;
    }

    /** What the file says of a checkpoint. */
    public record Listed(long instant, long events, long pages) {}

    /** What is there, not checked: quick whatever their size. */
    public static List<Listed> listed(RecordingReader recording) throws RecordingException {
        List<Listed> found = new ArrayList<>();
        if (!recording.isOfNewestVersion()) {
            return found;
        }
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT instant, events, pages FROM checkpoint ORDER BY id")) {
            while (row.next()) {
                found.add(new Listed(row.getLong(1), row.getLong(2), row.getLong(3)));
            }
            return found;
        } catch (SQLException e) {
            throw new RecordingException(recording.file(), "table checkpoint cannot be read", e);
        }
    }

    /** None at all: the replay begins at the base. */
    public static Checkpoints none(RecordingReader recording) {
        return new Checkpoints(recording, new byte[0]);
    }

    private void read() throws RecordingException {
        Base base = recording.base();
        RecordingReader.End end = recording.end();
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, instant, position, events, inject, cpu, sha256 FROM checkpoint ORDER BY id")) {
            while (complaint.isEmpty() && row.next()) {
                try {
                    add(row, base, end);
                } catch (RecordingException e) {
                    complaint = "the checkpoint at @" + row.getLong(2)
                            + " is damaged, so it and those behind it are not used: " + e.getMessage();
                }
            }
        } catch (SQLException e) {
            complaint = "its checkpoints cannot be read: " + e.getMessage();
        }
    }

    private void add(ResultSet row, Base base, RecordingReader.End end) throws SQLException, RecordingException {
        Checkpoint state = new Checkpoint(
                row.getLong(2), row.getLong(3), row.getLong(4), recording.numbers(row.getString(5)), bytes(row, 6));
        Checkpoint before = changes.isEmpty()
                ? new Checkpoint(base.instant(), base.position(), 0, base.inject(), base.cpu())
                : changes.get(changes.size() - 1).state;
        if (row.getLong(1) != changes.size() + 1
                || state.cpu().length != base.cpu().length
                || state.instant() <= before.instant()
                || state.instant() > end.instant()
                || state.position() < before.position()
                || state.position() > end.position()
                || state.events() < before.events()) {
            throw new RecordingException(recording.file(), "it does not fit between the others");
        }
        Change change = new Change(state, new ArrayList<>(), new ArrayList<>());
        byte[] found = readPages(row.getLong(1), change);
        if (!Arrays.equals(found, row.getBytes(7))) {
            throw new RecordingException(recording.file(), "its SHA-256 does not hold");
        }
        sum = found;
        changes.add(change);
    }

    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    private byte[] readPages(long id, Change change) throws SQLException, RecordingException {
        MessageDigest found = Checks.beginCheckpoint(sum, change.state);
        long frames = recording.machine().number("ram-end", 0) >> PAGE_SHIFT;
        try (PreparedStatement find = recording
                .connection()
                .prepareStatement("SELECT c.frame, c.page, p.sha256, p.content FROM checkpoint_page c"
                        + " LEFT JOIN page p ON p.id = c.page WHERE c.checkpoint = ? ORDER BY c.frame")) {
            find.setLong(1, id);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    long frame = row.getLong(1);
                    if (frame < 0 || frame >= frames) {
                        throw new RecordingException(
                                recording.file(), "it has a frame " + frame + " (expected: < " + frames + ")");
                    }
                    recording.page(frame, row.getBytes(3), row.getBytes(4));
                    Checks.addPage(found, frame, row.getBytes(3));
                    change.frames.add(frame);
                    change.pages.add(row.getLong(2));
                }
            }
        }
        return found.digest();
    }

    /** The states, in their order. */
    public List<Checkpoint> states() {
        return changes.stream().map(Change::state).toList();
    }

    /** How many pages they have together. */
    public long pages() {
        return changes.stream().mapToLong(change -> change.frames.size()).sum();
    }

    /** What is wrong with those that are left out; empty if nothing is. */
    public Optional<String> complaint() {
        return complaint.isEmpty() ? Optional.empty() : Optional.of(complaint);
    }

    List<Change> changes() {
        return changes;
    }

    /** Over all of them, and the base. */
    byte[] sum() {
        return sum;
    }

    /** The content of a page. */
    byte[] page(long id) throws RecordingException {
        try (PreparedStatement find =
                recording.connection().prepareStatement("SELECT sha256, content FROM page WHERE id = ?")) {
            find.setLong(1, id);
            try (ResultSet row = find.executeQuery()) {
                row.next();
                return recording.page(id, row.getBytes(1), row.getBytes(2));
            }
        } catch (SQLException e) {
            throw new RecordingException(recording.file(), "page " + id + " cannot be read", e);
        }
    }
}
