// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

/** The sum of the bytes between the start and the end of a frame, modulo 256. */
final class Checksum {
    private Checksum() {}

    static int of(byte[] wire, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += wire[i];
        }
        return sum & 0xff;
    }
}
