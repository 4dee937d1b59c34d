// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;

/** A command for the monitor, and who gets what it answers. */
record Command(Bytes content, CommandKind kind, Answer answer) {
    /** Called in the session's turn. */
    interface Answer {
        /** Console text ({@code O} and hexadecimal digits) that comes before the reply. */
        default void output(Bytes content) {}

        /** The reply; nothing follows. */
        void done(Bytes content);
    }

    static Command of(Bytes content, Answer answer) {
        return new Command(content, CommandKind.of(content), answer);
    }

    static Command of(String content, Answer answer) {
        return of(Bytes.ascii(content), answer);
    }

    /** True if it may be carried out twice without harm. */
    boolean onlyLooks() {
        return kind == CommandKind.PROMPT && (Rights.isLook(content) || content.isAscii("="));
    }

    /** True if a guest that runs goes on running after it (docs/spec/rsp-extensions.md, Packets while the guest runs). */
    boolean leavesRunning() {
        boolean stops = content.isAscii("?") || content.startsWith("vKill;") || kind == CommandKind.SILENT;
        return !stops && kind != CommandKind.RESUME;
    }

    /** Runs forward until something stops it: no step, and not backwards. */
    boolean isContinue() {
        return content.startsWith("vCont;c") || content.startsWith("c") || content.startsWith("C");
    }
}
