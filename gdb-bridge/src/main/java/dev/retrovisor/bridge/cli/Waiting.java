// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;

/** Says every other second that something still goes on. */
final class Waiting implements AutoCloseable {
    private static final long EVERY_MILLIS = 2000;

    private final Timer timer = new Timer("waiting", true);

    private Waiting() {}

    static Waiting show(Console console, String what) {
        long begin = System.nanoTime();
        Waiting waiting = new Waiting();
        waiting.timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        console.waiting(what, Duration.ofNanos(System.nanoTime() - begin));
                    }
                },
                EVERY_MILLIS,
                EVERY_MILLIS);
        return waiting;
    }

    @Override
    public void close() {
        timer.cancel();
    }
}
