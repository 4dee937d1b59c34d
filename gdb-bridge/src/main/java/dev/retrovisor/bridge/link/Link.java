// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.time.Duration;

/**
 * A two-way stream of bytes. One thread may read while another writes; any thread may close, which ends both with {@link
 * LinkLostException}.
 */
public interface Link extends AutoCloseable {
    /**
     * Waits up to {@code patience} for at least one byte.
     *
     * @return how many bytes are now at the start of {@code buffer}; 0 if none came in time
     */
    int read(byte[] buffer, Duration patience) throws LinkLostException;

    /** Writes all of {@code bytes}, or fails within {@link #WRITE_PATIENCE}. */
    void write(byte[] bytes) throws LinkLostException;

    /**
     * Writes the first of {@code bytes}, as many as the other side takes at once, without waiting.
     *
     * @return how many; 0 is always right
     */
    default int writeSome(byte[] bytes) throws LinkLostException {
        return 0;
    }

    /** True if the link neither loses nor changes bytes, so that silence means patience and not loss. */
    boolean isReliable();

    /** How often it was lost and came back: what was on its way each time may be lost. */
    default int interruptions() {
        return 0;
    }

    /** True while it is lost and may come back. */
    default boolean isDown() {
        return false;
    }

    /** For people: {@code localhost:4444}, {@code /dev/ttyUSB0 at 115200 baud}. */
    String name();

    @Override
    void close();

    /** How long the other side may take no bytes at all. */
    Duration WRITE_PATIENCE = Duration.ofSeconds(10);
}
