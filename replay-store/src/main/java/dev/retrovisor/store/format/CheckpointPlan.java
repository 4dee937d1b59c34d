// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import dev.retrovisor.store.format.RecordingReader.Piece;
import java.util.ArrayList;
import java.util.List;

/** Where a recording's checkpoints belong: as far from each other as a replay takes about the same time for, the last at the end. */
public final class CheckpointPlan {
    /** An event takes a replay as long as so many instructions. */
    private static final long EVENT_COSTS = 28_000;

    /** Replayed in some tenths of a second on an idle machine: for less a checkpoint gains nothing. */
    private static final long LEAST_COST = 100_000_000;

    private static final int MOST = 24;

    /** However near somebody wants them. */
    private static final int MOST_EVER = 200;

    private final List<long[]> costs = new ArrayList<>();
    private long instant;
    private long cost;

    private CheckpointPlan(long begin) {
        this.instant = begin;
        costs.add(new long[] {begin, 0});
    }

    /** By the recording's length; none in a short one. */
    public static List<Long> of(RecordingReader recording) throws RecordingException {
        CheckpointPlan plan = measured(recording);
        return plan.spread(Math.min(MOST, plan.cost / LEAST_COST));
    }

    /** One for about so many instants, as far as that makes no more than {@value #MOST_EVER}. */
    public static List<Long> of(RecordingReader recording, long every) throws RecordingException {
        CheckpointPlan plan = measured(recording);
        long length = plan.instant - plan.costs.get(0)[0];
        return plan.spread(Math.min(MOST_EVER, Math.max(1, length / every)));
    }

    private static CheckpointPlan measured(RecordingReader recording) throws RecordingException {
        CheckpointPlan plan = new CheckpointPlan(recording.base().instant());
        long end = recording.end().instant();
        for (Piece piece : recording.pieces()) {
            if (piece.lastInstant() > end) {
                break;
            }
            plan.go(piece.firstInstant(), 0);
            plan.go(piece.lastInstant(), piece.events());
        }
        plan.go(end, 0);
        return plan;
    }

    private void go(long to, long events) {
        if (to < instant) {
            return;
        }
        cost += to - instant + EVENT_COSTS * events;
        instant = to;
        costs.add(new long[] {instant, cost});
    }

    private List<Long> spread(long count) {
        List<Long> places = new ArrayList<>();
        int at = 1;
        for (long i = 1; i <= count; i++) {
            double wanted = (double) cost * i / count;
            while (at < costs.size() - 1 && costs.get(at)[1] < wanted) {
                at++;
            }
            long[] before = costs.get(at - 1);
            long[] behind = costs.get(at);
            double part = (wanted - before[1]) / Math.max(1, behind[1] - before[1]);
            long place = i == count ? instant : before[0] + (long) ((behind[0] - before[0]) * Math.min(1, part));
            if (place > (places.isEmpty() ? costs.get(0)[0] : places.get(places.size() - 1))) {
                places.add(place);
            }
        }
        return places;
    }
}
