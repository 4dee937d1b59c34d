// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

/** What a session's machine does. */
public enum SessionState {
    RUNNING("running"),
    STOPPED("stopped"),
    /** Stopped: nothing is recorded of before. */
    BEGIN_OF_HISTORY("at the beginning of history"),
    /** Stopped: nothing is recorded of after, or what follows would need an input that nobody recorded. */
    END_OF_HISTORY("at the end of history"),
    /** Stopped: the replay does not do what was recorded; {@link Session#message} says where. */
    DIVERGED("diverged from the recording"),
    /** The session is over. */
    TERMINATED("terminated");

    private final String words;

    SessionState(String words) {
        this.words = words;
    }

    /** True if there is a machine, and it stands. */
    public boolean isStopped() {
        return this != RUNNING && this != TERMINATED;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
