// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.util.List;

/**
 * The state that a log begins from, without its memory.
 *
 * @param position of the log's first byte that counts from here
 * @param inject the event on its way: valid, type, vector, has an error code, the error code
 * @param cpu the monitor's structure, in the version that the machine's {@code cpu-state} names
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on, never compared
public record Base(long instant, long position, List<Long> inject, byte[] cpu) {
    public Base {
        inject = List.copyOf(inject);
    }
}
