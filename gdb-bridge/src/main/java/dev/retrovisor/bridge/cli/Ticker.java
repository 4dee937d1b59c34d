// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.time.Duration;

/** Says how far something is, once it has taken two seconds, every second. */
final class Ticker {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Console console;
    private final String what;
    private final long start = System.nanoTime();
    private Duration next = FIRST;

    Ticker(Console console, String what) {
        this.console = console;
        this.what = what;
    }

    void percent(int percent) {
        Duration soFar = Duration.ofNanos(System.nanoTime() - start);
        if (soFar.compareTo(next) >= 0) {
            next = soFar.plus(EVERY);
            console.waiting(what + ": " + percent + " %", soFar);
        }
    }
}
