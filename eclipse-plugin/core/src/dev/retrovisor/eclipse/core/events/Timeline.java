// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.query.EventTable;
import dev.retrovisor.store.query.Range;
import dev.retrovisor.store.query.Rates;
import java.util.Arrays;

/** How many events of each kind there are over time, in equal bins. It is counted slice by slice, by a thread; what is counted can be shown meanwhile. */
public final class Timeline {
    private static final int SLICE_BINS = 16;

    /** Kinds that this program does not know are counted under number 0. */
    public static final int KINDS = EventKind.values().length + 1;

    private final Range instants;
    private final int bins;
    private final long[][] counts;
    private final Runnable changed;
    private int counted;
    private volatile boolean isCancelled;

    Timeline(Range instants, int bins, Runnable changed) {
        this.instants = instants;
        this.bins = bins;
        this.counts = new long[bins][KINDS];
        this.changed = changed;
    }

    void count(EventTable table) throws RecordingException {
        for (int first = 0; first < bins && !isCancelled; first += SLICE_BINS) {
            int end = Math.min(bins, first + SLICE_BINS);
            if (instantOf(end) > instantOf(first)) {
                Range slice = new Range(instantOf(first), instantOf(end) - 1);
                Rates rates = Rates.of(table, slice, end - first, looked -> !isCancelled);
                take(rates, first);
            }
            counted(end);
            changed.run();
        }
    }

    private synchronized void take(Rates rates, int first) {
        for (int bin = 0; bin < rates.bins(); bin++) {
            for (int kind = 0; kind < KINDS; kind++) {
                counts[first + bin][kind] = rates.count(kind, bin);
            }
        }
    }

    private synchronized void counted(int end) {
        counted = end;
    }

    /** Nobody wants it any more. */
    public void cancel() {
        isCancelled = true;
    }

    /** How many bins, from the first one on, are counted. */
    public synchronized int counted() {
        return counted;
    }

    public int bins() {
        return bins;
    }

    public Range instants() {
        return instants;
    }

    /** How many events of a kind are in a bin. */
    public synchronized long count(int kind, int bin) {
        return counts[bin][kind];
    }

    /** The most events in any bin that is counted. */
    public synchronized long most() {
        return Arrays.stream(counts)
                .mapToLong(bin -> Arrays.stream(bin).sum())
                .max()
                .orElse(0);
    }

    /** The first instant of a bin; of the bin after the last, the instant behind the range. */
    public long instantOf(int bin) {
        double length = (double) (instants.last() - instants.first()) + 1;
        return instants.first() + (long) Math.ceil(length * bin / bins);
    }

    /** The bin of an instant; below 0, or {@link #bins} or above, if it is outside. */
    public double binOf(long instant) {
        double length = (double) (instants.last() - instants.first()) + 1;
        return (instant - instants.first()) / length * bins;
    }
}
