// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.Recordings;
import dev.retrovisor.store.format.TraceEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With 40,000 events, which lie in several pieces. */
class EventTableTest {
    private static final List<TraceEvent> EVENTS = Recordings.withUnknownKinds(Recordings.events(40_000));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void record() throws RecordingException {
        file = folder.resolve("a.retro");
        Recordings.whole(file, EVENTS);
    }

    private interface Use {
        void with(EventTable table) throws RecordingException;
    }

    private void use(Use use) throws RecordingException {
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.pieces().size()).isGreaterThan(3);
            use.with(new EventTable(reader));
        }
    }

    @Test
    void rowsAreTheEventsWhereverTheyBegin() throws RecordingException {
        use(table -> {
            assertThat(table.count()).isEqualTo(EVENTS.size());
            for (int first : new int[] {0, 1, 5_000, 5_500, 39_990, 12_345}) {
                assertThat(table.rows(first, 700)).isEqualTo(EVENTS.subList(first, Math.min(first + 700, 40_000)));
            }
            assertThat(table.rows(39_999, 10)).hasSize(1);
            assertThat(table.rows(40_000, 10)).isEmpty();
        });
    }

    @Test
    void theRowAtAnInstantIsTheFirstThatIsNotBefore() throws RecordingException {
        use(table -> {
            for (long instant : new long[] {
                0, 100, 101, 20_000, 20_001, 39_000, table.instants().last()
            }) {
                long wanted = EVENTS.stream()
                        .filter(event -> event.instant() < instant)
                        .count();
                assertThat(table.rowAt(instant)).isEqualTo(wanted);
            }
            assertThat(table.rowAt(Long.MAX_VALUE)).isEqualTo(40_000);
        });
    }

    @Test
    void aFilterSelectsWhatMatchesAllOfIt() throws RecordingException {
        EventFilter filter = EventFilter.ALL
                .withKinds(Set.of(EventKind.PORT_READ.number, EventKind.DMA.number))
                .withAddresses(new Range(2, 5))
                .withInstants(new Range(9_000, 31_000))
                .withRips(new Range(0x100000, 0x100007));
        SelectedRows selected = new SelectedRows(filter);
        use(table -> assertThat(selected.find(table, looked -> true)).isTrue());
        long[] wanted = EVENTS.stream()
                .filter(e -> (e.kind() == 1 || e.kind() == 16)
                        && e.address() >= 2
                        && e.address() <= 5
                        && e.instant() >= 9_000
                        && e.instant() <= 31_000
                        && e.rip() <= 0x100007)
                .mapToLong(TraceEvent::number)
                .toArray();
        assertThat(wanted.length).isGreaterThan(100);
        assertThat(IntStream.range(0, selected.count()).mapToLong(selected::row))
                .containsExactly(java.util.Arrays.stream(wanted).boxed().toArray(Long[]::new));
        assertThat(selected.indexOf(wanted[50])).isEqualTo(50);
    }

    @Test
    void aSearchThatIsBrokenOffKeepsWhatItFound() throws RecordingException {
        SelectedRows selected = new SelectedRows(EventFilter.ALL);
        use(table -> assertThat(selected.find(table, looked -> false)).isFalse());
        assertThat(selected.count()).isBetween(1, 39_999);
    }

    @Test
    void ratesCountEachEventOnce() throws RecordingException {
        use(table -> {
            Rates rates = Rates.of(table, table.instants(), 97, looked -> true);
            for (EventKind kind : EventKind.values()) {
                long wanted =
                        EVENTS.stream().filter(e -> e.kind() == kind.number).count();
                assertThat(IntStream.range(0, 97)
                                .mapToLong(bin -> rates.count(kind.number, bin))
                                .sum())
                        .isEqualTo(wanted);
            }
            assertThat(IntStream.range(0, 97)
                            .mapToLong(bin -> rates.count(0, bin))
                            .sum())
                    .isEqualTo(EVENTS.stream()
                            .filter(e -> e.kind() == Recordings.UNKNOWN_KIND)
                            .count());
            for (int bin = 0; bin < 97; bin++) {
                assertThat(rates.binOf(rates.instantOf(bin))).isEqualTo(bin);
            }
        });
    }
}
