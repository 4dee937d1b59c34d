// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.files.ServedFiles;
import dev.retrovisor.bridge.link.LinkListener;
import java.util.List;
import java.util.Optional;

/**
 * What debuggers are offered.
 *
 * @param listeners where they connect, a TCP port first
 * @param files what they may read
 * @param inquirer who else asks the monitor, if anybody
 */
public record Serving(List<LinkListener> listeners, ServedFiles files, Optional<Inquirer> inquirer) {
    public Serving {
        listeners = List.copyOf(listeners);
    }

    /** One place, and no files. */
    public static Serving on(LinkListener listener) {
        return new Serving(List.of(listener), ServedFiles.none(), Optional.empty());
    }

    /** The same, and somebody who asks the monitor as well. */
    public Serving with(Inquirer somebody) {
        return new Serving(listeners, files, Optional.of(somebody));
    }
}
