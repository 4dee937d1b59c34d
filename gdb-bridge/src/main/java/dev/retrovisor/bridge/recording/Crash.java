// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a recorded guest crashed: the last of its triple faults, its requests for a reset, and the exceptions of its kernel. An
 * exception in a program (CPL 3) is none.
 *
 * @param what in the monitor's words
 */
public record Crash(long instant, String what) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration JOURNEY = Duration.ofHours(6);

    /** CS among the registers of the x86-64 target description. */
    private static final String ASK_CS = "p12";

    /** A guest that does nothing but fault in its programs is not searched for ever. */
    private static final int MOST_STOPS = 10_000;

    /** Searches backwards from {@code end}, where the recording ends. The guest stands at the crash then. */
    public static Optional<Crash> find(MonitorDialogue monitor, long end) throws LinkLostException, RefusedException {
        ReplayOpening replay = new ReplayOpening(monitor);
        replay.seek(end);
        monitor.command("set exceptions on", PATIENCE);
        try {
            for (int i = 0; i < MOST_STOPS; i++) {
                MonitorDialogue.Stop stop = monitor.resume("bc", JOURNEY);
                if (stop.reply().contains("replaylog:begin")) {
                    return Optional.empty();
                }
                if (!isException(stop) || privilege(monitor) == 0) {
                    return Optional.of(new Crash(
                            replay.mark().instant(), stop.text().strip().replaceAll("\\s*\\R\\s*", "; ")));
                }
            }
        } finally {
            monitor.command("set exceptions off", PATIENCE);
        }
        throw new RefusedException("the last " + MOST_STOPS + " exceptions are those of programs, not of the kernel");
    }

    private static boolean isException(MonitorDialogue.Stop stop) {
        return stop.text().startsWith("exception ");
    }

    /** The guest's CPL. */
    private static int privilege(MonitorDialogue monitor) throws LinkLostException, RefusedException {
        String cs = new String(monitor.ask(ASK_CS, PATIENCE), StandardCharsets.ISO_8859_1);
        if (!cs.matches("[0-9a-f]{8,16}")) {
            throw new RefusedException("the monitor does not say what CS is (" + cs + ")");
        }
        return Integer.parseInt(cs.substring(1, 2), 16) & 3;
    }
}
