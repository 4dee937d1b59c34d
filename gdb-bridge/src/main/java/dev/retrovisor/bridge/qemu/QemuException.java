// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

/** QEMU, or the monitor in it, that did not come up; the message is one line. */
public final class QemuException extends Exception {
    private static final long serialVersionUID = 1L;

    public QemuException(String message) {
        super(message);
    }
}
