// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import java.util.Optional;

/**
 * Somebody beside the debuggers who asks the monitor now and then, also while the guest runs. Called in the session's turn;
 * one question at a time. The answers to its questions begin with {@code L} or {@code D}, as no stop reply does, or are errors; or it says
 * {@code D}, which lets the guest run, unless a debugger is in control: then that is not asked, and the answer is empty.
 */
public interface Inquirer {
    /** What to ask now, if anything; {@code now} in nanoseconds. */
    Optional<String> question(long now);

    /** The reply, escapes undone. */
    void answer(byte[] reply, long now);
}
