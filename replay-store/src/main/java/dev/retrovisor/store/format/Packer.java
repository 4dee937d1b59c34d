// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.LongConsumer;

/** Copies a recording, checked, into a smaller file that is sealed ({@link Seal}). */
public final class Packer {
    private final RecordingReader from;
    private final LongConsumer progress;

    private Packer(RecordingReader from, LongConsumer progress) {
        this.from = from;
        this.progress = progress;
    }

    /**
     * Writes {@code to}, which must not be there; it is removed again if something fails.
     *
     * @param hasRows the events stand in a table for SQL, too
     * @param progress is told how many bytes of the log have been written
     */
    public static void pack(RecordingReader from, Path to, boolean hasRows, LongConsumer progress)
            throws RecordingException {
        RecordingWriter writer = RecordingWriter.create(to, RecordingWriter.SMALL, hasRows);
        boolean done = false;
        try (writer) {
            new Packer(from, progress).copy(writer);
            writer.finish();
            copyCheckpoints(from, to);
            seal(to);
            done = true;
        } finally {
            if (!done) {
                writer.discard();
            }
        }
    }

    private void copy(RecordingWriter to) throws RecordingException {
        for (Map.Entry<String, String> fact : from.facts().entrySet()) {
            if (!fact.getKey().equals(Seal.FACT)) {
                to.describe(fact.getKey(), fact.getValue());
            }
        }
        to.begin(from.machine(), from.base());
        from.pages(to::page);
        to.endPages();
        from.wholeLog((position, log) -> {
            to.append(position, log, 0, log.length);
            progress.accept(position);
        });
        RecordingReader.End end = from.end();
        if (!end.isTorn()) {
            to.reached(end.position(), end.instant());
        }
        for (Mark mark : from.marks()) {
            to.mark(mark);
        }
        to.commit();
        copyNotes(to);
    }

    private void copyNotes(RecordingWriter to) throws RecordingException {
        try (Statement statement = from.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT instant, made, text FROM note ORDER BY id")) {
            while (row.next()) {
                to.note(row.getLong(1), row.getString(2), row.getString(3));
            }
        } catch (SQLException e) {
            throw new RecordingException(from.file(), "table note cannot be read", e);
        }
    }

    private static void copyCheckpoints(RecordingReader from, Path to) throws RecordingException {
        Checkpoints checkpoints = Checkpoints.of(from);
        if (checkpoints.states().isEmpty()) {
            return;
        }
        try (CheckpointWriter writer = CheckpointWriter.into(to)) {
            int number = 0;
            for (Checkpoints.Change change : checkpoints.changes()) {
                writer.begin(++number, change.state());
                for (int i = 0; i < change.frames().size(); i++) {
                    writer.page(
                            change.frames().get(i),
                            checkpoints.page(change.pages().get(i)));
                }
                writer.end();
            }
        }
    }

    private static void seal(Path file) throws RecordingException {
        String seal;
        try (RecordingReader packed = RecordingReader.open(file)) {
            seal = Seal.of(packed);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                PreparedStatement insert =
                        connection.prepareStatement("INSERT OR REPLACE INTO recording VALUES (?, ?)")) {
            insert.setString(1, Seal.FACT);
            insert.setString(2, seal);
            insert.execute();
        } catch (SQLException e) {
            throw new RecordingException(file, "the seal cannot be written", e);
        }
    }
}
