// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The notes in a recording. */
public final class Notes {
    /** Milliseconds to wait for a recorder that is writing. */
    private static final int PATIENCE = 5000;

    private Notes() {}

    /** In the order of their instants. */
    public static List<Note> of(RecordingReader recording) throws RecordingException {
        List<Note> notes = new ArrayList<>();
        try (Statement statement = recording.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT instant, made, text FROM note ORDER BY instant, id")) {
            while (row.next()) {
                notes.add(new Note(row.getLong(1), row.getString(2), row.getString(3)));
            }
        } catch (SQLException e) {
            throw new RecordingException(recording.file(), "table note cannot be read: " + e.getMessage());
        }
        return notes;
    }

    /** Writes one into the file, which may be open for reading elsewhere. */
    public static void add(Path file, Note note) throws RecordingException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO note (instant, made, text) VALUES (?, ?, ?)")) {
            statement.execute("PRAGMA busy_timeout = " + PATIENCE);
            insert.setLong(1, note.instant());
            insert.setString(2, note.made());
            insert.setString(3, note.text());
            insert.execute();
        } catch (SQLException e) {
            throw new RecordingException(file, "the note cannot be written: " + e.getMessage());
        }
    }
}
