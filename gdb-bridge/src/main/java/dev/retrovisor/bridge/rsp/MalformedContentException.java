// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

/** The checksum is right, and what stands between {@code $} and {@code #} is still not a packet's content. */
final class MalformedContentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedContentException(int offset, String why) {
        super("content byte " + offset + ": " + why);
        this.offset = offset;
    }

    /** Where in the content as it stands on the wire, in bytes from its start. */
    int offset() {
        return offset;
    }
}
