// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.FrameEncoder;

/** One command on its way to the monitor and back. Owned by its {@link MonitorPort}. */
final class Exchange {
    final Command command;
    final byte[] frame;
    boolean acknowledged;
    boolean interrupted;
    int attempts = 1;

    /** The frame went out more than once, so that more than one answer may come. */
    boolean ambiguous;

    /** When the monitor was last heard or asked, in nanoseconds. */
    long since;

    Exchange(Command command, long now) {
        this.command = command;
        this.frame = FrameEncoder.packet(command.content());
        this.since = now;
    }

    boolean awaitsPromptReply() {
        return acknowledged && (command.kind() == CommandKind.PROMPT || interrupted);
    }
}
