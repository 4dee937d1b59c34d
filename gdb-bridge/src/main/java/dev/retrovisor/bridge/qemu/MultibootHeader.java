// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds the header that makes a file a Multiboot 1 kernel (Multiboot Specification 0.6.96, section 3.1). */
final class MultibootHeader {
    /** The header must stand within this many first bytes. */
    static final int SEARCH = 8192;

    private static final int MAGIC = 0x1BADB002;
    private static final int LENGTH = 12;
    private static final int FLAGS = 4;
    private static final int CHECKSUM = 8;

    /** What the search came to. */
    enum Verdict {
        VALID,
        WRONG_CHECKSUM,
        ABSENT
    }

    private MultibootHeader() {}

    /** {@code start}: the first bytes of the file, {@link #SEARCH} of them if it has so many. */
    static Verdict find(byte[] start) {
        ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        Verdict verdict = Verdict.ABSENT;
        for (int at = 0; at + LENGTH <= bytes.limit(); at += Integer.BYTES) {
            if (bytes.getInt(at) == MAGIC) {
                if (MAGIC + bytes.getInt(at + FLAGS) + bytes.getInt(at + CHECKSUM) == 0) {
                    return Verdict.VALID;
                }
                verdict = Verdict.WRONG_CHECKSUM;
            }
        }
        return verdict;
    }
}
