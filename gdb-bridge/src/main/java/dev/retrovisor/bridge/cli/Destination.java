// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.recording.CheckpointTrail;
import dev.retrovisor.bridge.recording.Crash;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine;

/** Where a replay goes: a {@link Moment}, or the guest's crash, which only the replay can tell. */
final class Destination {
    /** For help and messages. */
    static final String EXPECTED = "crash, " + Moment.EXPECTED;

    private static final String CRASH = "crash";

    /** What a shell offers. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("begin", "end", CRASH, "event:").iterator();
        }
    }

    private final boolean isCrash;
    private final long instant;

    private Destination(boolean isCrash, long instant) {
        this.isCrash = isCrash;
        this.instant = instant;
    }

    /** {@code option} is named if {@code text} is no such place. */
    static Destination of(CommandLine.Model.CommandSpec command, String option, String text, RecordingReader recording)
            throws RecordingException {
        if (text.equals(CRASH)) {
            return new Destination(true, recording.end().instant());
        }
        return new Destination(false, Moment.within(command, option, text, EXPECTED, recording));
    }

    /** Goes there. What a user is told of the place. */
    String go(MonitorDialogue monitor, CheckpointTrail trail)
            throws LinkLostException, RefusedException, SessionException {
        trail.seek(instant);
        if (!isCrash) {
            return "@" + instant;
        }
        Crash crash = Crash.find(monitor, instant)
                .orElseThrow(() -> new SessionException("no crash: the kernel neither took an exception, nor a triple"
                        + " fault, nor asked for a reset (expected: --at " + Moment.EXPECTED + ")"));
        return "its crash, @" + crash.instant() + " (" + crash.what() + "),";
    }
}
