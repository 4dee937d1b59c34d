// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes events as rows that SQL can ask: {@link #add} in their order, {@link #flush} before each commit. What repeats of them is a
 * site; where a site's events lie is said in runs (docs/decisions/0070). The connection is the caller's.
 */
final class EventRows {
    /** More data of an event stands in its chunk only, compressed (docs/decisions/0066). */
    static final int ROW_DATA_BYTES = 32;

    private static final int MOST_SITES = 200_000;

    private static final byte[] IN_THE_CHUNK = new byte[0];

    private record Site(long kind, long address, long width, long rip) {}

    private final PreparedStatement insertSite;
    private final PreparedStatement findSite;
    private final PreparedStatement insertEvent;
    private final SiteRuns runs;
    private final Map<Site, SiteRuns.Open> sites = new HashMap<>();

    EventRows(Connection connection) throws SQLException {
        insertSite = connection.prepareStatement("INSERT OR IGNORE INTO site VALUES (NULL, ?, ?, ?, ?, 0)");
        findSite = connection.prepareStatement(
                "SELECT id, events FROM site WHERE kind = ? AND address = ? AND width = ? AND rip = ?");
        insertEvent = connection.prepareStatement("INSERT INTO event_row VALUES (?, ?, ?, ?, ?)");
        runs = new SiteRuns(connection);
    }

    void add(TraceEvent event) throws SQLException {
        SiteRuns.Open site = site(new Site(event.kind(), event.address(), event.width(), event.rip()));
        insertEvent.setLong(1, event.number());
        insertEvent.setLong(2, event.instant());
        insertEvent.setLong(3, site.id);
        if (event.value() == 0) {
            insertEvent.setNull(4, Types.INTEGER);
        } else {
            insertEvent.setLong(4, event.value());
        }
        insertEvent.setBytes(5, rowData(event.data()));
        insertEvent.addBatch();
        runs.add(site, event.number());
    }

    private static byte[] rowData(byte[] data) {
        if (data.length == 0) {
            return null;
        }
        return data.length <= ROW_DATA_BYTES ? data : IN_THE_CHUNK;
    }

    private SiteRuns.Open site(Site site) throws SQLException {
        SiteRuns.Open known = sites.get(site);
        if (known != null) {
            return known;
        }
        if (sites.size() == MOST_SITES) {
            runs.flush();
            sites.clear();
        }
        set(insertSite, site);
        insertSite.execute();
        set(findSite, site);
        try (ResultSet row = findSite.executeQuery()) {
            row.next();
            SiteRuns.Open open = new SiteRuns.Open(row.getLong(1), row.getLong(2));
            sites.put(site, open);
            return open;
        }
    }

    private static void set(PreparedStatement statement, Site site) throws SQLException {
        statement.setLong(1, site.kind);
        statement.setLong(2, site.address);
        statement.setLong(3, site.width);
        statement.setLong(4, site.rip);
    }

    /** All that was added is in the tables when this returns. */
    void flush() throws SQLException {
        insertEvent.executeBatch();
        runs.flush();
    }
}
