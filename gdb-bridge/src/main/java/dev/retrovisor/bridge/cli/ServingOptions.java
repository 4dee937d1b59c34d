// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.files.GdbScript;
import dev.retrovisor.bridge.files.ServedFiles;
import dev.retrovisor.bridge.files.SymbolFile;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.server.Serving;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @CommandLine.Option(
            names = "--listen-unix",
            paramLabel = "PATH",
            description = "also serve gdb on a Unix-domain socket, for this user only")
    private Path unix;

    @CommandLine.Option(
            names = "--listen-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "this machine's address for the TCP port (default: ${DEFAULT-VALUE})")
    private String address;

    @CommandLine.Option(
            names = "--allow-remote",
            description = "let other machines connect: whoever reaches the port controls the target")
    private boolean allowRemote;

    /** Says so if other machines can connect. */
    void warn(Console console) {
        check();
        if (!LinkListener.isLoopback(address)) {
            console.warn(address + ": whoever can reach this port reads and writes all of the target's memory; there is"
                    + " no password and no encryption");
        }
    }

    /** The TCP port first. */
    List<LinkListener> listen() throws LinkOpenException {
        check();
        List<LinkListener> listeners = new ArrayList<>(List.of(LinkListener.onHost(address, port)));
        try {
            if (unix != null) {
                listeners.add(LinkListener.onUnix(unix));
            }
            return listeners;
        } catch (LinkOpenException e) {
            listeners.forEach(LinkListener::close);
            throw e;
        }
    }

    /** What debuggers find: places to connect, the guest's program if it can be read, and our commands for gdb. */
    Offer offer(Path program) throws LinkOpenException {
        GdbScript script = GdbScript.write();
        SymbolFile symbols = SymbolFile.of(program);
        ServedFiles files = ServedFiles.none().with(GdbScript.NAME, script.path());
        ServedFiles all = Files.isReadable(symbols.path()) ? files.withProgram(symbols.path()) : files;
        try {
            return new Offer(new Serving(listen(), all, java.util.Optional.empty()), script, symbols);
        } catch (LinkOpenException e) {
            script.close();
            symbols.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    private void check() {
        if (port < 0 || port > MAX_PORT) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--port: " + port + " (expected: 0 to " + MAX_PORT + ")");
        }
        if (!allowRemote && !LinkListener.isLoopback(address)) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--listen-address: " + address + " (expected: a loopback address, or --allow-remote with it)");
        }
    }
}
