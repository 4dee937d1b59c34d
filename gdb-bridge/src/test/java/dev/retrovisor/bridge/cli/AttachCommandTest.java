// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.UnixServer;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeMonitor;
import dev.retrovisor.bridge.testing.Program;
import dev.retrovisor.bridge.testing.PtyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class AttachCommandTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void aMonitorOnASerialPortServesGdb() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link far = serial(cable.far())) {
            FakeMonitor.start(far);
            Path elf = Files.write(directory.resolve("my.elf"), new byte[] {0x7f, 'E', 'L', 'F', 2});
            try (Program program = attach("--serial", cable.near().toString(), "--baud", "57600", elf.toString());
                    Debugger debugger = Debugger.connect(program.awaitPort())) {
                assertThat(program.lines().get(1)).startsWith("  gdb " + elf + " -ex 'target remote localhost:");
                assertThat(debugger.ask("m10,400")).startsWith("10111213").hasSize(2048);
            }
        }
    }

    @Test
    void aMonitorBehindTcpServesGdb() throws Exception {
        try (LinkListener listener = LinkListener.onLoopback(0);
                Program program = attach("--tcp", "127.0.0.1:" + listener.port(), "--reconnect", "0");
                Link far = listener.accept()) {
            FakeMonitor.start(far);
            try (Debugger debugger = Debugger.connect(program.awaitPort())) {
                assertThat(debugger.ask("?")).isEqualTo("T05");
                far.close();
                assertThat(program.awaitEnd()).isEqualTo(5);
                assertThat(program.lines()).last().asString().endsWith(": the other side closed the connection");
            }
        }
    }

    @Test
    void aMonitorBehindAUnixSocketServesGdb() throws Exception {
        Path path = directory.resolve("uart");
        try (UnixServer server = UnixServer.on(path);
                Program program = attach("--unix", path.toString());
                Link far = server.accept()) {
            FakeMonitor.start(far);
            try (Debugger debugger = Debugger.connect(program.awaitPort())) {
                assertThat(debugger.ask("?")).isEqualTo("T05");
            }
        }
    }

    @Test
    void anotherAddressThanLoopbackTakesAnOptionOfItsOwnAndAWarning() throws Exception {
        try (Program program = attach("--unix", "/nowhere", "--listen-address", "0.0.0.0")) {
            assertThat(program.awaitEnd()).isEqualTo(2);
            assertThat(program.lines())
                    .containsExactly("retrovisor: --listen-address: 0.0.0.0 (expected: a loopback address, or"
                            + " --allow-remote with it); see: retrovisor attach --help");
        }
        try (Program program = attach("--unix", "/nowhere", "--listen-address", "0.0.0.0", "--allow-remote")) {
            program.awaitEnd();
            assertThat(program.lines().get(0))
                    .startsWith("retrovisor: warning: 0.0.0.0: whoever can reach this port reads and writes");
        }
    }

    @Test
    void debuggersAreServedOnAUnixSocketToo() throws Exception {
        Path uart = directory.resolve("uart");
        Path gdb = directory.resolve("gdb.sock");
        try (UnixServer server = UnixServer.on(uart);
                Program program = attach("--unix", uart.toString(), "--listen-unix", gdb.toString());
                Link far = server.accept()) {
            FakeMonitor.start(far);
            program.awaitPort();
            try (Debugger debugger = Debugger.connect(gdb)) {
                assertThat(debugger.ask("?")).isEqualTo("T05");
            }
        }
    }

    @Test
    void aDeadSerialLineIsOneLineThatSaysWhatToCheck() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Program program = attach("--serial", cable.near().toString())) {
            assertThat(program.awaitEnd()).isEqualTo(5);
            assertThat(program.lines())
                    .last()
                    .asString()
                    .isEqualTo("retrovisor: " + cable.near() + " at 115200 baud: no answer within 5 s; check that the"
                            + " target is on, that the monitor uses this port, and the (null-modem) cable");
        }
    }

    @Test
    void aSerialLineAtAWrongSpeedSaysSo() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link far = serial(cable.far());
                Program program = attach("--serial", cable.near().toString())) {
            byte[] buffer = new byte[100];
            while (far.read(buffer, SOON) == 0) {}
            far.write(new byte[] {(byte) 0xf8, 0x1c, (byte) 0x80});
            assertThat(program.awaitEnd()).isEqualTo(5);
            assertThat(program.lines())
                    .last()
                    .asString()
                    .endsWith(
                            "3 bytes, and no answer among them, within 5 s; check that both ends run at the same speed");
        }
    }

    @Test
    void aMissingSerialPortIsOneLine() throws Exception {
        try (Program program = attach("--serial", "/dev/ttyUSB99")) {
            assertThat(program.awaitEnd()).isEqualTo(5);
            assertThat(program.lines()).hasSize(1);
            assertThat(program.lines().get(0)).startsWith("retrovisor: /dev/ttyUSB99: no such device; check the name");
        }
    }

    @Test
    void aSerialPortThatAnotherProgramHasOpenIsOneLine() throws Exception {
        try (PtyPair cable = PtyPair.in(directory);
                Link other = serial(cable.near());
                Program program = attach("--serial", cable.near().toString())) {
            assertThat(program.awaitEnd()).isEqualTo(5);
            assertThat(program.lines())
                    .containsExactly("retrovisor: " + cable.near()
                            + " at 115200 baud: in use by another program; end that" + " program (fuser -v names it)");
            assertThat(other.isReliable()).isFalse();
        }
    }

    @Test
    void aFileWithSymbolsThatIsMissingOrNoElfFileIsOneLine() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no ELF file at all");
        try (Program program = attach("--unix", "/nowhere", "/missing.elf")) {
            assertThat(program.awaitEnd()).isEqualTo(4);
            assertThat(program.lines())
                    .containsExactly("retrovisor: /missing.elf: no such file; give the guest's file with symbols (an"
                            + " ELF file), or none");
        }
        try (Program program = attach("--unix", "/nowhere", text.toString())) {
            assertThat(program.awaitEnd()).isEqualTo(4);
            assertThat(program.lines())
                    .containsExactly("retrovisor: " + text + ": not an ELF file; give the guest's file with symbols"
                            + " (an ELF file), or none");
        }
    }

    private static Link serial(Path device) throws Exception {
        return new LinkAddress.Serial(device.toString(), 57600).open(SOON);
    }

    private static Program attach(String... more) throws Exception {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "attach";
        arguments[1] = "--port";
        arguments[2] = "0";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Program.start(arguments);
    }
}
