// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;

/** A debugger's command; {@code origin} gets the answer, if it is still there by then. */
record Command(Bytes content, CommandKind kind, DebuggerPort origin) {
    static Command of(Bytes content, DebuggerPort origin) {
        return new Command(content, CommandKind.of(content), origin);
    }
}
