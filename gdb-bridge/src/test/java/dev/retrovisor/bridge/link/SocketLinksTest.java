// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SocketLinksTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void bytesGoBothWaysOverTcp() throws Exception {
        try (LinkListener listener = LinkListener.onLoopback(0);
                Link near = new LinkAddress.Tcp("localhost", listener.port()).open(SOON);
                Link far = listener.accept()) {
            assertThat(exchange(near, far)).isEqualTo("ping");
            assertThat(exchange(far, near)).isEqualTo("ping");
            assertThat(near.isReliable()).isTrue();
        }
    }

    @Test
    void bytesGoBothWaysOverAUnixSocket() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            try (Link near = new LinkAddress.Unix(address.getPath()).open(SOON);
                    SocketChannel accepted = server.accept();
                    Link far = new ChannelLink(accepted, "far")) {
                assertThat(exchange(near, far)).isEqualTo("ping");
                assertThat(exchange(far, near)).isEqualTo("ping");
            }
        }
    }

    @Test
    void aUnixSocketForDebuggersIsForItsOwnerOnlyAndGoesWithItsListener() throws Exception {
        Path path = directory.resolve("gdb.sock");
        try (LinkListener listener = LinkListener.onUnix(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            try (Link near = new LinkAddress.Unix(path).open(SOON);
                    Link far = listener.accept()) {
                assertThat(exchange(near, far)).isEqualTo("ping");
                assertThat(far.name()).isEqualTo(path + " #1");
            }
            assertThatThrownBy(() -> LinkListener.onUnix(path))
                    .hasMessage(path + ": there is something already; remove it, or choose another with --listen-unix");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void loopbackIsToldFromOtherAddresses() {
        assertThat(LinkListener.isLoopback("127.0.0.1")).isTrue();
        assertThat(LinkListener.isLoopback("localhost")).isTrue();
        assertThat(LinkListener.isLoopback("0.0.0.0")).isFalse();
        assertThat(LinkListener.isLoopback("192.0.2.1")).isFalse();
    }

    @Test
    void readingReturnsNothingWhenNothingComesInTime() throws Exception {
        try (LinkListener listener = LinkListener.onLoopback(0);
                Link near = new LinkAddress.Tcp("localhost", listener.port()).open(SOON)) {
            assertThat(near.read(new byte[1], Duration.ofMillis(20))).isZero();
        }
    }

    @Test
    void theOtherSidesEndIsAnError() throws Exception {
        try (LinkListener listener = LinkListener.onLoopback(0);
                Link near = new LinkAddress.Tcp("localhost", listener.port()).open(SOON)) {
            listener.accept().close();
            assertThatThrownBy(() -> near.read(new byte[1], SOON))
                    .isInstanceOf(LinkLostException.class)
                    .hasMessageEndingWith(": the other side closed the connection");
        }
    }

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        try (LinkListener listener = LinkListener.onLoopback(0);
                Link near = new LinkAddress.Tcp("localhost", listener.port()).open(SOON)) {
            CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> waitForever(near));
            Thread.sleep(100);
            near.close();
            assertThat(reading.get()).isEqualTo(-1);
        }
    }

    @Test
    void aBusyPortIsOneLineThatSaysWhatToDo() throws Exception {
        try (LinkListener first = LinkListener.onLoopback(0)) {
            assertThatThrownBy(() -> LinkListener.onLoopback(first.port()))
                    .isInstanceOf(LinkOpenException.class)
                    .hasMessage(
                            "port " + first.port()
                                    + ": in use by another program; choose another with --port N, or --port 0 for any free one");
        }
    }

    @Test
    void aPortWhereNobodyListensIsOneLineThatSaysWhatToDo() throws Exception {
        LinkListener listener = LinkListener.onLoopback(0);
        listener.close();
        assertThatThrownBy(() -> new LinkAddress.Tcp("localhost", listener.port()).open(SOON))
                .isInstanceOf(LinkOpenException.class)
                .hasMessageEndingWith("connection refused; start the target, or check the port");
    }

    @Test
    void aHostThatDoesNotExistIsOneLineThatSaysWhatToDo() {
        assertThatThrownBy(() -> new LinkAddress.Tcp("no-such-host.invalid", 1).open(SOON))
                .hasMessage("no-such-host.invalid:1: unknown host; check the name");
    }

    @Test
    void aMissingUnixSocketIsOneLineThatSaysWhatToDo() {
        Path path = directory.resolve("missing");
        assertThatThrownBy(() -> new LinkAddress.Unix(path).open(SOON))
                .hasMessage(path + ": no such socket; start the target, or check the path");
    }

    @Test
    void aUnixSocketWhereNobodyListensIsOneLineThatSaysWhatToDo() throws Exception {
        Path path = Files.createFile(directory.resolve("dead"));
        assertThatThrownBy(() -> new LinkAddress.Unix(path).open(SOON))
                .hasMessageStartingWith(path + ": connection refused; nobody listens there");
    }

    private static int waitForever(Link link) {
        try {
            while (true) {
                link.read(new byte[1], SOON);
            }
        } catch (LinkLostException closed) {
            return -1;
        }
    }

    private static String exchange(Link from, Link to) throws LinkLostException {
        from.write(new byte[] {'p', 'i', 'n', 'g'});
        byte[] buffer = new byte[10];
        return new String(buffer, 0, to.read(buffer, SOON), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
