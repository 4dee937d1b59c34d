// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.files.GdbScript;
import dev.retrovisor.bridge.files.SymbolFile;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.server.Serving;

/** What debuggers are offered, and what goes when the session ends. */
record Offer(Serving serving, GdbScript script, SymbolFile symbols) implements AutoCloseable {
    @Override
    public void close() {
        serving.listeners().forEach(LinkListener::close);
        script.close();
        symbols.close();
    }
}
