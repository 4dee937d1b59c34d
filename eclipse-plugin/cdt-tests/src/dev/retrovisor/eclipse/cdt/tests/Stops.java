// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.cdt.dsf.debug.service.IRunControl.ISuspendedDMEvent;
import org.eclipse.cdt.dsf.service.DsfServiceEventHandler;

/** Counts the stops that CDT announces. Public because CDT calls it by reflection. */
public final class Stops {
    static final int PATIENCE_SECONDS = (int) (120 * pace());

    private final Semaphore stops = new Semaphore(0);

    private static double pace() {
        return Double.parseDouble(System.getenv().getOrDefault("RETROVISOR_TEST_PACE", "1"));
    }

    @DsfServiceEventHandler
    public void stopped(ISuspendedDMEvent event) {
        stops.release();
    }

    void forget() {
        stops.drainPermits();
    }

    void await(String afterWhat) throws InterruptedException {
        assertTrue(stops.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "no stop after: " + afterWhat);
    }
}
