// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.server.Inquirer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Asks the monitor for the log, from where the last answer ended (docs/decisions/0016). What comes goes to a {@link Store};
 * while that is behind nothing is asked for. Runs in the session's turn, but for {@link #endWithMark}.
 */
final class LogStream implements Inquirer {
    /** Takes pieces of the log from the session. */
    interface Store {
        /** False while it is behind. */
        boolean hasRoom();

        void log(long position, byte[] packet, int offset);

        void reached(long position, long instant);

        void mark(long instant, long rip, long digest);

        /** Nothing more comes. {@code why} is empty where that was wanted. */
        void ended(String why);
    }

    /** The most that is lost when this process is killed: this, and the store's time to commit. */
    private static final long INTERVAL_NANOS = 20_000_000;

    /** Questions before the guest runs: the first ones take Java long. */
    private static final int REHEARSALS = 20;

    private static final String ASK_BYTES = "3f00";

    private static final String LET_RUN = "D";

    private enum Phase {
        /** The guest stands still. */
        READY,
        /** The way to the file has been gone some times, so that it is quick when the guest runs. */
        START,
        STREAM,
        MARK,
        LAST,
        ENDED
    }

    private final long number;
    private final Store store;
    private long position;
    private long nextQuestion;
    private boolean marks;
    private volatile boolean isEnding;
    private final long first;
    private boolean caughtUp;
    private long logEnd;
    private int gone;
    private Phase phase;

    /**
     * Of one monitor.
     *
     * @param position of the first log byte that the store lacks
     * @param letRun the guest is stopped, and runs as soon as its log can be taken
     */
    LogStream(long number, long position, boolean letRun, Store store) {
        this.phase = letRun ? Phase.READY : Phase.STREAM;
        this.number = number;
        this.position = position;
        this.first = position;
        this.logEnd = position;
        this.store = store;
    }

    /** From any thread: the guest's state now, and the log up to it, are the last that is wanted. */
    void endWithMark() {
        isEnding = true;
    }

    /** How much of what there was of the log has come, in percent. In the session's turn. */
    int percent() {
        return caughtUp ? 100 : (int) (100.0 * (position - first) / Math.max(1, logEnd - first));
    }

    @Override
    public Optional<String> question(long now) {
        if (isEnding && phase.compareTo(Phase.STREAM) <= 0) {
            phase = Phase.MARK;
            nextQuestion = now;
        }
        if (phase == Phase.ENDED || now - nextQuestion < 0 || !store.hasRoom()) {
            return Optional.empty();
        }
        marks = phase == Phase.MARK;
        return Optional.of(
                switch (phase) {
                    case START -> LET_RUN;
                    case MARK -> "qRetro.Mark";
                    default -> "qRetro.Log:" + Long.toHexString(position) + "," + ASK_BYTES;
                });
    }

    @Override
    public void answer(byte[] reply, long now) {
        if (phase == Phase.START) {
            phase = Phase.STREAM;
            return;
        }
        nextQuestion = now + INTERVAL_NANOS;
        Optional<Reply> parsed = Reply.parse(reply, marks ? 'D' : 'L', 4);
        if (parsed.isEmpty()) {
            refused(reply);
        } else if (parsed.get().number(0) != number) {
            end(
                    "the monitor's history began anew (log memory too small, or monitor record off): the recording ends there");
        } else if (marks) {
            store.mark(
                    parsed.get().number(1), parsed.get().number(2), parsed.get().number(3));
            phase = Phase.LAST;
            nextQuestion = now;
        } else {
            take(parsed.get(), now);
        }
    }

    private void take(Reply log, long now) {
        if (log.number(2) < position) {
            end("the monitor has started anew: its log is shorter than it was");
            return;
        }
        caughtUp = false;
        logEnd = log.number(2);
        long from = Math.max(position, log.number(1));
        if (log.length() > 0 || from > position) {
            store.log(from, log.packet(), log.bytesAt());
        }
        position = from + log.length();
        if (position < log.number(2)) {
            nextQuestion = now;
            return;
        }
        store.reached(position, log.number(3));
        caughtUp = true;
        if (phase == Phase.READY) {
            phase = ++gone < REHEARSALS ? Phase.READY : Phase.START;
            nextQuestion = now;
        }
        if (phase == Phase.LAST) {
            end("");
        }
    }

    /** On a journey there is no answer; nothing is recorded there either. A lost link may come back, and a guest stop. */
    private void refused(byte[] packet) {
        String reply = new String(packet, StandardCharsets.ISO_8859_1);
        if (!Reply.isForLater(packet)) {
            end("the monitor gives no log (" + reply + ")");
        } else if (phase.compareTo(Phase.STREAM) > 0) {
            end(
                    caughtUp && isJourney(reply)
                            ? ""
                            : "the last part of the log is missing: it cannot be asked for (" + reply + ")");
        }
    }

    private static boolean isJourney(String reply) {
        return reply.equals("E10") || reply.startsWith("E.the machine travels");
    }

    private void end(String why) {
        phase = Phase.ENDED;
        store.ended(why);
    }
}
