// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

/** The state that the recording was to begin from is not there any more: a guest that ran meanwhile has filled the monitor's memory. */
public final class HistoryMovedException extends RefusedException {
    private static final long serialVersionUID = 1L;

    HistoryMovedException() {
        super("the beginning of the history moved while the guest's memory was fetched"
                + " (stop the guest in the debugger, start the recording, and let it run again)");
    }
}
