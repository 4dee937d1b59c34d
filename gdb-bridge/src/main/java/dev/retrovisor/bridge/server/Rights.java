// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.cache.StoppedState;
import dev.retrovisor.bridge.rsp.Bytes;
import java.util.List;

/** Which commands only look, so that a client that is not in control may give them. */
final class Rights {
    /** Requests about the connection and not about the guest: gdb makes them of every stub. */
    private static final List<String> OWN_SETTINGS = List.of(
            "QNonStop:0", "QPassSignals:", "QProgramSignals:", "QThreadEvents:0", "QCatchSyscalls:0", "qSymbol::");

    private static final List<String> RECORDING_QUESTIONS = List.of(
            "qRetro.Machine",
            "qRetro.Base",
            "qRetro.Pages:",
            "qRetro.Log:",
            "qRetro.Mark",
            "qRetro.Here",
            "qRetro.Changes:");

    private static final List<String> LOOKING_WORDS =
            List.of("help", "status", "events", "checkpoints", "digest", "log", "xp", "regs", "bridge");

    private Rights() {}

    static boolean isLook(Bytes command) {
        if (command.startsWith("qRcmd,")) {
            return LOOKING_WORDS.contains(MonitorWords.of(command).first());
        }
        return command.startsWith("q") || command.startsWith("vFile:") || StoppedState.isQuestion(command);
    }

    /** A question of somebody who keeps the recording (docs/spec/rsp-extensions.md, Getting a recording out). */
    static boolean isAboutRecording(Bytes command) {
        return RECORDING_QUESTIONS.stream().anyMatch(command::startsWith);
    }

    static boolean isOwnSetting(Bytes command) {
        return OWN_SETTINGS.stream().anyMatch(command::startsWith);
    }

    /** What a reader's {@code monitor} may be, for a message. */
    static String lookingWords() {
        return String.join(", ", LOOKING_WORDS);
    }
}
