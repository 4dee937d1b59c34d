// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import java.nio.file.Path;
import java.time.Duration;

/** Where a monitor can be reached. */
public sealed interface LinkAddress {
    /** Connects, within {@code patience}. */
    Link open(Duration patience) throws LinkOpenException;

    /** A TCP server, such as a terminal server or QEMU's {@code -serial tcp:}. */
    record Tcp(String host, int port) implements LinkAddress {
        @Override
        public Link open(Duration patience) throws LinkOpenException {
            return TcpLink.connect(host, port, patience);
        }
    }

    /** A Unix-domain socket, such as QEMU's {@code -serial unix:}. */
    record Unix(Path path) implements LinkAddress {
        @Override
        public Link open(Duration patience) throws LinkOpenException {
            return UnixLink.connect(path);
        }
    }

    /** A serial port, 8N1 without flow control. {@code baud} is in bits a second. */
    record Serial(String device, int baud) implements LinkAddress {
        @Override
        public Link open(Duration patience) throws LinkOpenException {
            return SerialLink.open(device, baud);
        }
    }
}
