// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import java.time.Duration;

/** A bounded wait that reports itself. Owned by one thread. */
final class Patience {
    private static final Duration REPORT_FIRST = Duration.ofSeconds(2);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(3);

    private final long start = System.nanoTime();
    private final Duration bound;
    private final String what;
    private final Progress progress;
    private Duration nextReport = REPORT_FIRST;

    Patience(Duration bound, String what, Progress progress) {
        this.bound = bound;
        this.what = what;
        this.progress = progress;
    }

    /** True while there is time left; reports if a report is due. */
    boolean lasts() {
        Duration soFar = Duration.ofNanos(System.nanoTime() - start);
        if (soFar.compareTo(nextReport) >= 0) {
            progress.waiting(what, soFar);
            nextReport = soFar.plus(REPORT_EVERY);
        }
        return soFar.compareTo(bound) < 0;
    }
}
