// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkAddress;
import java.nio.file.Path;
import picocli.CommandLine;

/** Exactly one of the ways to reach a monitor. */
final class MonitorAddress {
    /** A serial port and its speed. */
    static final class Serial {
        @CommandLine.Option(
                names = "--serial",
                required = true,
                paramLabel = "DEVICE",
                description = "a serial port, such as /dev/ttyUSB0")
        private String device;

        @CommandLine.Option(
                names = "--baud",
                defaultValue = "115200",
                paramLabel = "N",
                description = "its speed in bits a second (default: ${DEFAULT-VALUE})")
        private int baud;
    }

    @CommandLine.ArgGroup(exclusive = false)
    private Serial serial;

    @CommandLine.Option(
            names = "--tcp",
            paramLabel = "HOST:PORT",
            description = "a TCP server, such as a terminal server")
    private String tcp;

    @CommandLine.Option(names = "--unix", paramLabel = "PATH", description = "a Unix-domain socket")
    private Path unix;

    LinkAddress parse(CommandLine.Model.CommandSpec command) {
        if (serial != null) {
            return parseSerial(command);
        }
        return tcp != null ? parseTcp(command) : new LinkAddress.Unix(unix);
    }

    private LinkAddress parseSerial(CommandLine.Model.CommandSpec command) {
        if (serial.baud <= 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--baud: " + serial.baud + " (expected: a positive number)");
        }
        return new LinkAddress.Serial(serial.device, serial.baud);
    }

    private LinkAddress parseTcp(CommandLine.Model.CommandSpec command) {
        int colon = tcp.lastIndexOf(':');
        String port = tcp.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--tcp: " + tcp + " (expected: HOST:PORT, such as localhost:4444)");
        }
        return new LinkAddress.Tcp(tcp.substring(0, colon), Integer.parseInt(port));
    }
}
