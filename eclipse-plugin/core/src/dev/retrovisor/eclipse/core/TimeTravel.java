// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import java.util.concurrent.CompletableFuture;

/**
 * Journeys of the machine that a launch debugs. Where a debugger with sources is in control of the session, the launch adapts to this: the debugger makes the journey,
 * so that what it shows follows.
 */
@FunctionalInterface
public interface TimeTravel {
    /**
     * Goes to {@code @N}, {@code begin} or {@code end}. Completes with the instant that was reached, in decimal, when the debugger shows it; with an
     * {@link IllegalStateException} whose message is for the user if the machine has not moved. Any thread may call it.
     */
    CompletableFuture<String> seek(String where);
}
