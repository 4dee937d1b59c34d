// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

/** Bytes that are no event record. */
public final class MalformedLogException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedLogException(int offset, String why) {
        super("no event record at byte " + offset + ": " + why);
        this.offset = offset;
    }

    /** In the bytes that were to be decoded. */
    public int offset() {
        return offset;
    }
}
