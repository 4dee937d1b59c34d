// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Says where the events of each site lie: in runs, which end where the site has no event for a while, or at a length. So a site with
 * few events has a row for each, and one with many has a row for hundreds.
 */
final class SiteRuns {
    /** A run ends if the site's next event is further than so many events away. */
    static final int GAP = 64;

    /** So many events of all sites are in a run's stretch at most. */
    static final int SPAN = 256;

    /** A site and its last run, which may go on. */
    static final class Open {
        final long id;
        private long events;
        private long first;
        private long last;
        private long inRun;
        private boolean isChanged;

        /** A site that has had {@code events} events. */
        Open(long id, long events) {
            this.id = id;
            this.events = events;
        }
    }

    private final PreparedStatement putRun;
    private final PreparedStatement putCount;
    private final List<Open> changed = new ArrayList<>();

    SiteRuns(Connection connection) throws SQLException {
        putRun = connection.prepareStatement("INSERT OR REPLACE INTO site_run VALUES (?, ?, ?, ?)");
        putCount = connection.prepareStatement("UPDATE site SET events = ? WHERE id = ?");
    }

    void add(Open site, long event) throws SQLException {
        if (site.inRun > 0 && (event - site.last > GAP || event - site.first >= SPAN)) {
            put(site);
            site.inRun = 0;
        }
        if (site.inRun == 0) {
            site.first = event;
        }
        site.last = event;
        site.inRun++;
        site.events++;
        if (!site.isChanged) {
            site.isChanged = true;
            changed.add(site);
        }
    }

    private void put(Open site) throws SQLException {
        putRun.setLong(1, site.id);
        putRun.setLong(2, site.first);
        putRun.setLong(3, site.last);
        putRun.setLong(4, site.inRun);
        putRun.addBatch();
    }

    /** All that was added is in the tables when this returns. */
    void flush() throws SQLException {
        for (Open site : changed) {
            put(site);
            putCount.setLong(1, site.events);
            putCount.setLong(2, site.id);
            putCount.addBatch();
            site.isChanged = false;
        }
        changed.clear();
        putRun.executeBatch();
        putCount.executeBatch();
    }
}
