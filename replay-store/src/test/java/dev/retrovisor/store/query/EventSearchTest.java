// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.Recordings;
import dev.retrovisor.store.format.TraceEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By the runs, without them, and with filters for which they are not used: always what looking at each event finds. */
class EventSearchTest {
    private static final List<TraceEvent> EVENTS = Recordings.events(40_000);
    private static final EventFilter FEW =
            EventFilter.ALL.withKinds(Set.of(5)).withAddresses(new Range(3, 3)).withRips(new Range(0x100004, 0x100005));
    private static final List<EventFilter> FILTERS = List.of(
            EventFilter.ALL,
            EventFilter.ALL.withKinds(Set.of(2, 17)),
            EventFilter.ALL.withInstants(new Range(12_000, 12_050)),
            FEW,
            FEW.withInstants(new Range(10_000, 30_000)),
            FEW.withRips(new Range(0x100005, -1)),
            FEW.withAddresses(new Range(Long.MAX_VALUE, Long.MIN_VALUE)),
            FEW.withKinds(Set.of(99)));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void record() throws RecordingException {
        file = folder.resolve("a.retro");
        Recordings.whole(file, EVENTS);
    }

    private List<TraceEvent> found(EventFilter filter, int most) throws RecordingException {
        List<TraceEvent> found = new ArrayList<>();
        try (RecordingReader recording = RecordingReader.open(file)) {
            new EventSearch(recording, new EventTable(recording), filter).forEach(event -> {
                found.add(event);
                return found.size() < most;
            });
        }
        return found;
    }

    private void assertFindsAll() throws RecordingException {
        for (EventFilter filter : FILTERS) {
            List<TraceEvent> wanted = EVENTS.stream().filter(filter::matches).toList();
            assertThat(found(filter, Integer.MAX_VALUE)).as("%s", filter).isEqualTo(wanted);
            if (wanted.size() > 3) {
                assertThat(found(filter, 3)).isEqualTo(wanted.subList(0, 3));
            }
        }
    }

    @Test
    void findsAllByTheRuns() throws RecordingException {
        assertThat(EVENTS.stream().filter(FEW::matches)).hasSizeBetween(5, 199);
        assertFindsAll();
    }

    @Test
    void findsAllWithoutThem() throws RecordingException, SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM site_run");
        }
        try (RecordingReader recording = RecordingReader.open(file)) {
            assertThat(recording.hasIndex()).isFalse();
        }
        assertFindsAll();
    }

    private List<TraceEvent> foundInRows(EventFilter filter, long moreThan, boolean[] usedRows)
            throws RecordingException {
        List<TraceEvent> found = new ArrayList<>();
        try (RecordingReader recording = RecordingReader.open(file)) {
            EventSearch search = new EventSearch(recording, new EventTable(recording), filter);
            search.allowRows(moreThan);
            search.forEach(found::add);
            usedRows[0] = search.usedRows();
        }
        return found;
    }

    @Test
    void rowsSayTheSameWhereTheyAreAllowed() throws RecordingException {
        boolean[] used = {false};
        int rows = 0;
        for (EventFilter filter : FILTERS) {
            List<TraceEvent> wanted = EVENTS.stream().filter(filter::matches).toList();
            assertThat(foundInRows(filter, 0, used)).as("%s", filter).isEqualTo(wanted);
            rows += used[0] ? 1 : 0;
        }
        assertThat(rows).isGreaterThanOrEqualTo(4);
        assertThat(EVENTS.stream().filter(FEW::matches).filter(event -> event.data().length > 32))
                .isNotEmpty();
    }

    @Test
    void rowsAreUsedOnlyWhereMuchWouldBeLookedAt() throws RecordingException, SQLException {
        boolean[] used = {false};
        foundInRows(FEW, EVENTS.size(), used);
        assertThat(used).containsExactly(false);
        foundInRows(FEW, EVENTS.size() / 2, used);
        assertThat(used).containsExactly(true);
        foundInRows(FEW.withInstants(new Range(12_000, 12_050)), EVENTS.size() / 2, used);
        assertThat(used).containsExactly(false);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE chunk SET crc32c = crc32c + 1 WHERE id = 2");
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> found(FEW, Integer.MAX_VALUE))
                .hasMessageContaining("chunk 2");
    }
}
