// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.List;

/** How long the answer to a command may take. */
enum CommandKind {
    /** The guest runs; the answer is its next stop. */
    RESUME,
    /** Answered when the work is done, however long it takes. */
    LONG,
    /** Answered at once. */
    PROMPT,
    /** Never answered. */
    SILENT;

    private static final List<String> RESUMES = List.of("vCont;", "c", "C", "s", "S", "bc", "bs", ">", "<");

    static CommandKind of(Bytes command) {
        if (command.isAscii("k")) {
            return SILENT;
        }
        if (command.startsWith("qRcmd,") || command.startsWith("qSearch:") || command.startsWith("qCRC:")) {
            return LONG;
        }
        return RESUMES.stream().anyMatch(command::startsWith) ? RESUME : PROMPT;
    }

    /** True for console output, which comes before the answer and is not the answer: {@code O} and hexadecimal text. */
    boolean isOutput(Bytes reply) {
        return (this == RESUME || this == LONG) && reply.startsWith("O") && !reply.isAscii("OK");
    }
}
