// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.util.List;

/**
 * A state on the way through a recording, without its memory.
 *
 * @param position of the log's first byte that counts from here
 * @param events how many events of the log have happened
 * @param inject the event on its way, as in {@link Base}
 * @param cpu as in {@link Base}
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on, never compared
public record Checkpoint(long instant, long position, long events, List<Long> inject, byte[] cpu) {
    public Checkpoint {
        inject = List.copyOf(inject);
    }
}
