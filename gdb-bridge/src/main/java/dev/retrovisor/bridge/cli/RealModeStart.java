// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.Inquirer;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.session.Opening;
import java.time.Duration;
import java.util.Optional;

/** A guest that begins in real mode: the debugger that connects first is told so, and disassembles its code as what it is. */
final class RealModeStart implements Opening {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public Optional<Inquirer> open(MonitorDialogue monitor) throws LinkLostException {
        monitor.command("set architecture i8086", PATIENCE);
        return Optional.empty();
    }
}
