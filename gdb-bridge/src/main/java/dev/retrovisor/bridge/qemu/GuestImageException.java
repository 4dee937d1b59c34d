// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.file.Path;

/** A file that the monitor could not load as its guest, or as a module of it. */
public final class GuestImageException extends Exception {
    private static final long serialVersionUID = 1L;

    public GuestImageException(Path image, String why) {
        super(image + ": " + why);
    }
}
