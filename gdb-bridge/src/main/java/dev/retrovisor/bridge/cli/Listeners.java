// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkListener;
import java.util.List;

/** Closes all of them, whatever comes of what they are for. */
record Listeners(List<LinkListener> all) implements AutoCloseable {
    @Override
    public void close() {
        all.forEach(LinkListener::close);
    }
}
