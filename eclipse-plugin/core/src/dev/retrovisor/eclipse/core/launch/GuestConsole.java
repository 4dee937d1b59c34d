// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The other end of the guest's first serial port: a socket of this user's that QEMU connects to. Bytes are taken as Latin-1. */
final class GuestConsole implements AutoCloseable {
    private static final int AT_ONCE = 8192;

    private final Path folder;
    private final ServerSocketChannel server;
    private volatile SocketChannel qemu;

    private GuestConsole(Path folder, ServerSocketChannel server) {
        this.folder = folder;
        this.server = server;
    }

    /** What the guest prints goes to {@code out}. */
    static GuestConsole open(Writer out) throws IOException {
        Path folder = Files.createTempDirectory("retrovisor-console-");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        GuestConsole console = new GuestConsole(folder, server);
        server.bind(UnixDomainSocketAddress.of(console.socket()));
        Thread reader = new Thread(() -> console.read(out), "guest console");
        reader.setDaemon(true);
        reader.start();
        return console;
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    /** For QEMU's {@code -serial}. */
    String words() {
        return "unix:" + socket();
    }

    private void read(Writer out) {
        try (SocketChannel guest = server.accept()) {
            qemu = guest;
            ByteBuffer bytes = ByteBuffer.allocate(AT_ONCE);
            while (guest.read(bytes) >= 0) {
                out.write(new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1));
                bytes.clear();
            }
        } catch (IOException e) {
            qemu = null; // closed, by whichever side
        }
    }

    /** Typed for the guest. */
    void type(String text) throws IOException {
        SocketChannel guest = qemu;
        if (guest == null) {
            throw new IOException("the guest has no console yet, or no more");
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            guest.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            SocketChannel guest = qemu;
            if (guest != null) {
                guest.close();
            }
            Files.deleteIfExists(socket());
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
