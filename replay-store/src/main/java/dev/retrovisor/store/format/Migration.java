// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Makes a recording of an older version one of the newest, in its file, in one transaction: what breaks it off leaves the old one. What
 * a replay reads does not change; a seal stays valid.
 */
public final class Migration {
    private static final int TELL_EVERY = 100_000;

    private final Connection connection;
    private final LongConsumer progress;

    private Migration(Connection connection, LongConsumer progress) {
        this.connection = connection;
        this.progress = progress;
    }

    /**
     * Nothing is done to one of the newest version.
     *
     * @param progress is told how many events have been looked at
     */
    public static void run(Path file, LongConsumer progress) throws RecordingException {
        long version;
        try (RecordingReader reader = RecordingReader.open(file)) {
            version = reader.version();
        }
        if (version == Schema.VERSION) {
            return;
        }
        migrate(file, version, progress);
        if (version == 1) {
            shrink(file);
        }
    }

    private static void migrate(Path file, long version, LongConsumer progress) throws RecordingException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            connection.setAutoCommit(false);
            Migration migration = new Migration(connection, progress);
            if (version == 1) {
                migration.fromVersion1();
            }
            migration.fromVersion2();
            connection.commit();
        } catch (SQLException e) {
            throw new RecordingException(file, "cannot be migrated", e);
        }
    }

    /** Gives back what the index of version 1 took. */
    private static void shrink(Path file) throws RecordingException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            execute(connection, "VACUUM");
        } catch (SQLException e) {
            throw new RecordingException(file, "is migrated, but cannot be made smaller", e);
        }
    }

    private void fromVersion1() throws SQLException {
        execute(connection, "ALTER TABLE site ADD COLUMN events INTEGER NOT NULL DEFAULT 0");
        execute(connection, Schema.SITE_RUN);
        addRuns();
        execute(connection, "DROP INDEX IF EXISTS event_by_site");
        execute(connection, "CREATE VIEW event_at AS " + Schema.EVENT_AT);
        execute(connection, "CREATE VIEW site_count AS " + Schema.SITE_COUNT);
    }

    private void fromVersion2() throws SQLException {
        execute(connection, Schema.CHECKPOINT);
        execute(connection, Schema.CHECKPOINT_PAGE);
        execute(connection, "PRAGMA user_version = " + Schema.VERSION);
    }

    private void addRuns() throws SQLException {
        SiteRuns runs = new SiteRuns(connection);
        Map<Long, SiteRuns.Open> sites = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, site FROM event_row ORDER BY id")) {
            for (long looked = 0; row.next(); looked++) {
                runs.add(sites.computeIfAbsent(row.getLong(2), id -> new SiteRuns.Open(id, 0)), row.getLong(1));
                if (looked % TELL_EVERY == 0) {
                    runs.flush();
                    progress.accept(looked);
                }
            }
        }
        runs.flush();
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        try (Statement step = connection.createStatement()) {
            step.execute(statement);
        }
    }
}
