// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkAddress;
import java.nio.file.Path;
import picocli.CommandLine;

/** Where a bridge serves debuggers: a port here, {@code HOST:PORT}, or the path of a Unix socket, with a slash in it. */
final class SessionAddress implements CommandLine.ITypeConverter<LinkAddress> {
    private static final int MAX_PORT = 65535;

    @Override
    public LinkAddress convert(String text) {
        if (text.contains("/")) {
            return new LinkAddress.Unix(Path.of(text));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "localhost" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new CommandLine.TypeConversionException(
                    "'" + text + "' (expected: PORT, HOST:PORT, or a Unix socket's path with a / in it)");
        }
        return new LinkAddress.Tcp(host, Integer.parseInt(port));
    }
}
