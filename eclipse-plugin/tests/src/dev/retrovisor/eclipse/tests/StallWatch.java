// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.swt.widgets.Display;

/**
 * Asks the user interface's thread again and again whether it is there, and keeps how long each answer took, and how much of the CPU that thread used since the answer before: on
 * a busy machine the former says more about the machine, and the latter how long a stall would be on an idle one.
 */
final class StallWatch implements AutoCloseable {
    private static final int PERIOD_MILLISECONDS = 2;

    /** What a user may notice. */
    private static final int NOTICED_MILLISECONDS = 50;

    private final Display display;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Thread thread = new Thread(this::watch, "stall watch");
    private long[] waited = new long[1 << 16];
    private long[] computed = new long[1 << 16];
    private long computedBefore = -1;
    private int answers;

    private StallWatch(Display display) {
        this.display = display;
    }

    static StallWatch begin(Display display) {
        StallWatch watch = new StallWatch(display);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try {
            while (!isClosed.get()) {
                CountDownLatch answered = new CountDownLatch(1);
                long asked = System.nanoTime();
                display.asyncExec(() -> {
                    keep(System.nanoTime() - asked);
                    answered.countDown();
                });
                answered.await();
                Thread.sleep(PERIOD_MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On the user interface's thread. */
    private synchronized void keep(long time) {
        if (answers == waited.length) {
            waited = Arrays.copyOf(waited, answers * 2);
            computed = Arrays.copyOf(computed, answers * 2);
        }
        long now = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        computed[answers] = computedBefore < 0 ? 0 : now - computedBefore;
        waited[answers++] = time;
        computedBefore = now;
    }

    /** The longest, and that which one in a hundred took longer than. */
    synchronized String report() {
        return answers + " questions to the UI thread: waited " + summary(waited) + "; it computed " + summary(computed)
                + " between two";
    }

    private String summary(long[] times) {
        long[] sorted = Arrays.copyOf(times, answers);
        Arrays.sort(sorted);
        return answers == 0
                ? "(nothing)"
                : String.format(
                        "at most %.1f ms, 99 %% up to %.1f ms, %d over %d ms",
                        sorted[answers - 1] / 1e6,
                        sorted[answers * 99 / 100] / 1e6,
                        Arrays.stream(sorted)
                                .filter(time -> time > NOTICED_MILLISECONDS * 1_000_000L)
                                .count(),
                        NOTICED_MILLISECONDS);
    }

    @Override
    public void close() {
        isClosed.set(true);
        thread.interrupt();
    }
}
