// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables (docs/spec/recording-format.md) and their version. */
final class Schema {
    /** {@code PRAGMA application_id}: "RETR". */
    static final int APPLICATION = 0x52455452;

    /** {@code PRAGMA user_version}. */
    static final int VERSION = 3;

    /** What can still be read, and migrated ({@link Migration}). */
    static final int OLDEST = 1;

    /** What makes questions by address, kind, vector or RIP quick (docs/decisions/0070). */
    static final String SITE_RUN = "CREATE TABLE site_run (site INTEGER NOT NULL, first_event INTEGER NOT NULL,"
            + " last_event INTEGER NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (site, first_event)) WITHOUT ROWID";

    /** States on the way that a replay can begin from (docs/decisions/0076), each with what has changed since the one before. */
    static final String CHECKPOINT = "CREATE TABLE checkpoint (id INTEGER PRIMARY KEY, instant INTEGER NOT NULL,"
            + " position INTEGER NOT NULL, events INTEGER NOT NULL, inject TEXT NOT NULL, cpu BLOB NOT NULL,"
            + " pages INTEGER NOT NULL, sha256 BLOB NOT NULL)";

    static final String CHECKPOINT_PAGE = "CREATE TABLE checkpoint_page (frame INTEGER NOT NULL,"
            + " checkpoint INTEGER NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (frame, checkpoint)) WITHOUT ROWID";

    private static final String KIND = "coalesce(k.name, 'kind ' || s.kind) AS kind";

    /** As the view event, but found by its site: CROSS JOIN is SQLite's word for "in this order". */
    static final String EVENT_AT = "SELECT e.id AS id, e.instant AS instant, " + KIND + ", s.address AS address,"
            + " s.width AS width, coalesce(e.value, 0) AS value, e.data AS data, s.rip AS rip"
            + " FROM site s LEFT JOIN kind k ON k.number = s.kind CROSS JOIN site_run r ON r.site = s.id"
            + " CROSS JOIN event_row e ON e.id BETWEEN r.first_event AND r.last_event AND +e.site = s.id";

    static final String SITE_COUNT = "SELECT " + KIND + ", s.address AS address, s.width AS width, s.rip AS rip,"
            + " s.events AS events FROM site s LEFT JOIN kind k ON k.number = s.kind";

    private static final List<String> TABLES = List.of(
            "CREATE TABLE recording (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
            "CREATE TABLE machine (id INTEGER PRIMARY KEY, line TEXT NOT NULL)",
            "CREATE TABLE base (id INTEGER PRIMARY KEY, instant INTEGER NOT NULL, position INTEGER NOT NULL,"
                    + " inject TEXT NOT NULL, cpu BLOB NOT NULL, pages INTEGER NOT NULL, sha256 BLOB NOT NULL)",
            "CREATE TABLE page (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, content BLOB NOT NULL)",
            "CREATE TABLE base_page (base INTEGER NOT NULL, frame INTEGER NOT NULL, page INTEGER NOT NULL,"
                    + " PRIMARY KEY (base, frame)) WITHOUT ROWID",
            "CREATE TABLE chunk (id INTEGER PRIMARY KEY, position INTEGER NOT NULL, bytes INTEGER NOT NULL,"
                    + " first_event INTEGER NOT NULL, events INTEGER NOT NULL, first_instant INTEGER NOT NULL,"
                    + " last_instant INTEGER NOT NULL, crc32c INTEGER NOT NULL, log BLOB NOT NULL)",
            "CREATE TABLE log_end (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL,"
                    + " instant INTEGER NOT NULL, crc32c INTEGER NOT NULL)",
            "CREATE TABLE gap (position INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, after_instant INTEGER NOT NULL)",
            "CREATE TABLE mark (instant INTEGER PRIMARY KEY, rip INTEGER NOT NULL, digest INTEGER NOT NULL)",
            "CREATE TABLE kind (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            "CREATE TABLE site (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, address INTEGER NOT NULL,"
                    + " width INTEGER NOT NULL, rip INTEGER NOT NULL, events INTEGER NOT NULL, UNIQUE (kind, address, width, rip))",
            "CREATE TABLE event_row (id INTEGER PRIMARY KEY, instant INTEGER NOT NULL, site INTEGER NOT NULL,"
                    + " value INTEGER, data BLOB)",
            "CREATE TABLE note (id INTEGER PRIMARY KEY, instant INTEGER NOT NULL, made TEXT NOT NULL, text TEXT NOT NULL)",
            "CREATE VIEW event AS SELECT e.id AS id, e.instant AS instant, coalesce(k.name, 'kind ' || s.kind) AS kind,"
                    + " s.address AS address, s.width AS width, coalesce(e.value, 0) AS value, e.data AS data,"
                    + " s.rip AS rip FROM event_row e JOIN site s ON s.id = e.site"
                    + " LEFT JOIN kind k ON k.number = s.kind",
            SITE_RUN,
            CHECKPOINT,
            CHECKPOINT_PAGE,
            "CREATE VIEW event_at AS " + EVENT_AT,
            "CREATE VIEW site_count AS " + SITE_COUNT);

    private Schema() {}

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA application_id = " + APPLICATION);
            statement.execute("PRAGMA user_version = " + VERSION);
            for (String table : TABLES) {
                statement.execute(table);
            }
            for (EventKind kind : EventKind.values()) {
                statement.execute("INSERT INTO kind VALUES (" + kind.number + ", '" + kind.words + "')");
            }
        }
    }

    /** What a file of version 1 lacks, for this connection only: the questions can be asked, but slowly. */
    static void addViewsOfVersion1(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP VIEW event_at AS SELECT * FROM event");
            statement.execute("CREATE TEMP VIEW site_count AS SELECT kind, address, width, rip, count(*) AS events"
                    + " FROM event GROUP BY kind, address, width, rip");
        }
    }
}
