// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import dev.retrovisor.bridge.cache.StopReply;
import dev.retrovisor.bridge.rsp.Bytes;

/**
 * Why a machine stands.
 *
 * @param text what the monitor said about it; may be empty
 */
record Stop(SessionState state, String text) {
    /** {@code reply}: a {@code T} packet. {@code said}: the console text before it. */
    static Stop of(Bytes reply, String said) {
        String text = said.strip();
        if (reply.startsWith("W") || reply.startsWith("X")) {
            return new Stop(SessionState.TERMINATED, text);
        }
        StopReply stop = StopReply.parse(reply).orElseThrow(() -> new IllegalStateException("no stop: " + reply));
        if (stop.reasons().contains("replaylog:begin")) {
            return new Stop(SessionState.BEGIN_OF_HISTORY, text);
        }
        if (stop.reasons().contains("replaylog:end")) {
            return new Stop(SessionState.END_OF_HISTORY, text);
        }
        return new Stop(text.contains("diverged") ? SessionState.DIVERGED : SessionState.STOPPED, text);
    }

    static boolean isStop(Bytes packet) {
        return packet.startsWith("T") || packet.startsWith("W") || packet.startsWith("X");
    }
}
