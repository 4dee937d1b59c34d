// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkOpenException;
import picocli.CommandLine;

/** Where debuggers connect: the same for every command that serves them. */
final class ServingOptions {
    private static final int MAX_PORT = 65535;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "1234",
            description = "TCP port for gdb on this machine, 0 for any free one (default: ${DEFAULT-VALUE})")
    private int port;

    LinkListener listen() throws LinkOpenException {
        if (port < 0 || port > MAX_PORT) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--port: " + port + " (expected: 0 to " + MAX_PORT + ")");
        }
        return LinkListener.onLoopback(port);
    }
}
