// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.TraceEvent;

/**
 * How many events there are over time: a range of instants in equal bins, the events of each kind counted in each, and the bytes
 * that devices wrote.
 */
public final class Rates {
    /** Kinds that this program does not know are counted under number 0. */
    private static final int KINDS = EventKind.values().length + 1;

    private final Range instants;
    private final int bins;
    private final long[][] counts;
    private final long[] dmaBytes;

    private Rates(Range instants, int bins) {
        this.instants = instants;
        this.bins = bins;
        this.counts = new long[KINDS][bins];
        this.dmaBytes = new long[bins];
    }

    /** Counts the events of a table from {@code instants.first()} to {@code instants.last()}. */
    public static Rates of(EventTable table, Range instants, int bins, SelectedRows.Progress progress)
            throws RecordingException {
        Rates rates = new Rates(instants, bins);
        table.forEachPiece(instants, events -> {
            events.forEach(rates::take);
            return events.isEmpty()
                    || progress.looked(events.get(events.size() - 1).number() + 1);
        });
        return rates;
    }

    private void take(TraceEvent event) {
        if (!instants.contains(event.instant())) {
            return;
        }
        int bin = binOf(event.instant());
        counts[event.kind() < KINDS ? event.kind() : 0][bin]++;
        if (event.kind() == EventKind.DMA.number) {
            dmaBytes[bin] += DmaChange.bytes(event);
        }
    }

    /** The bin of an instant in the range. */
    public int binOf(long instant) {
        double share = (double) (instant - instants.first()) / ((double) (instants.last() - instants.first()) + 1);
        return Math.min(bins - 1, (int) (share * bins));
    }

    /** The first instant of a bin. */
    public long instantOf(int bin) {
        double length = (double) (instants.last() - instants.first()) + 1;
        return instants.first() + (long) Math.ceil(length * bin / bins);
    }

    public Range instants() {
        return instants;
    }

    public int bins() {
        return bins;
    }

    /** How many events of a kind are in a bin; kind 0 stands for those with unknown numbers. */
    public long count(int kind, int bin) {
        return counts[kind][bin];
    }

    /** How many bytes devices wrote into memory, as far as they changed something. */
    public long dmaBytes(int bin) {
        return dmaBytes[bin];
    }
}
