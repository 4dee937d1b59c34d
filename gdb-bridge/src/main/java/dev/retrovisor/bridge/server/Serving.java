// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.files.ServedFiles;
import dev.retrovisor.bridge.link.LinkListener;
import java.util.List;

/**
 * What debuggers are offered.
 *
 * @param listeners where they connect, a TCP port first
 * @param files what they may read
 */
public record Serving(List<LinkListener> listeners, ServedFiles files) {
    public Serving {
        listeners = List.copyOf(listeners);
    }

    /** One place, and no files. */
    public static Serving on(LinkListener listener) {
        return new Serving(List.of(listener), ServedFiles.none());
    }
}
