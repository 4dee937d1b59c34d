// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeQemu;
import dev.retrovisor.bridge.testing.Images;
import dev.retrovisor.bridge.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RunCommandTest {
    @TempDir
    Path directory;

    private Path guest;
    private Path qemu;
    private Path monitor;

    @BeforeEach
    void prepare() throws Exception {
        guest = Images.multiboot(directory, 0);
        qemu = FakeQemu.script(directory);
        monitor = Images.monitor(directory);
    }

    @Test
    void aSessionServesGdbAndEndsWellWithQemu() throws Exception {
        try (Program program = run("--", "-fake", "end");
                Debugger debugger = Debugger.connect(program.awaitPort())) {
            assertThat(debugger.ask("?")).isEqualTo("T05");
            assertThat(program.awaitEnd()).isZero();
            assertThat(program.lines().get(0)).contains("guest.elf is loaded and stopped under the monitor");
            assertThat(program.lines().get(1)).matches("  gdb .*guest.elf -ex 'target remote localhost:[0-9]+'");
            assertThat(program.lines()).contains("QEMU has ended.");
        }
    }

    @Test
    void aGuestThatShallRunIsLetRunAfterTheMonitorHasAnswered() throws Exception {
        try (Program program = run("--running", "--", "-fake", "end");
                Debugger debugger = Debugger.connect(program.awaitPort())) {
            assertThat(program.lines().get(0)).contains("guest.elf runs under the monitor");
            assertThat(debugger.ask("?")).isEqualTo("T05");
        }
    }

    @Test
    void qemuDiesWithAProgramThatIsKilled() throws Exception {
        try (Program program = run()) {
            program.awaitPort();
            ProcessHandle child = ProcessHandle.of(program.qemuPid()).orElseThrow();
            program.kill();
            assertThat(child.onExit().get()).isNotNull();
        }
    }

    @Test
    void qemuDiesWithAProgramThatIsAskedToEnd() throws Exception {
        try (Program program = run()) {
            program.awaitPort();
            ProcessHandle child = ProcessHandle.of(program.qemuPid()).orElseThrow();
            program.terminate();
            assertThat(child.onExit().get()).isNotNull();
        }
    }

    @Test
    void whatTheMonitorComplainsAboutIsTheMessage() throws Exception {
        assertFailure(
                1, "retrovisor: the monitor says: cannot start: module 0 is no kernel", "--", "-fake", "complain");
    }

    @Test
    void whatTheMonitorSaysOnItsSerialPortInsteadOfAnAnswerIsTheMessage() throws Exception {
        assertFailure(1, "retrovisor: the monitor says: not enough RAM", "--", "-fake", "shout");
    }

    @Test
    void aQemuThatEndsAtOnceIsTheMessage() throws Exception {
        assertFailure(
                1,
                "retrovisor: QEMU ended with exit code 1: qemu-system-x86_64: -nonsense: invalid option",
                "--",
                "-fake",
                "fail");
    }

    @Test
    void withoutQemuTheMessageSaysWhatToInstall() throws Exception {
        qemu = Path.of("no-such-qemu");
        assertFailure(
                3, "retrovisor: no-such-qemu: not found; install it (on Debian: apt-get install qemu-system-x86)");
    }

    @Test
    void aBusyPortIsSaidBeforeQemuStarts() throws Exception {
        try (LinkListener busy = LinkListener.onLoopback(0)) {
            String message = "retrovisor: port " + busy.port()
                    + ": in use by another program; choose another with --port N, or --port 0 for any free one";
            assertFailure(5, message, "--port", String.valueOf(busy.port()));
        }
    }

    @Test
    void aMissingGuestIsSaid() throws Exception {
        guest = directory.resolve("none.elf");
        assertFailure(4, "retrovisor: " + guest + ": no such file; check the path given with --guest");
    }

    @Test
    void aBrokenGuestIsSaid() throws Exception {
        guest = Images.brokenMultiboot(directory);
        assertFailure(
                4,
                "retrovisor: " + guest
                        + ": its Multiboot header has a wrong checksum; the image is damaged or was linked wrongly");
    }

    @Test
    void aMissingModuleIsSaid() throws Exception {
        assertFailure(
                4,
                "retrovisor: none.bin: no such file; check the path given with --module",
                "--module",
                "none.bin,some arguments");
    }

    @Test
    void aMissingMonitorImageIsSaid() throws Exception {
        monitor = directory.resolve("none.bin");
        assertFailure(1, "retrovisor: " + monitor + ": no monitor image; build it with: make -C stub-monitor");
    }

    @Test
    void aFileThatIsNoMonitorImageIsSaid() throws Exception {
        monitor = Files.writeString(directory.resolve("notes.txt"), "some text");
        assertFailure(1, "retrovisor: " + monitor + ": no monitor image (it has no Multiboot 1 header); see --monitor");
    }

    @Test
    void missingSymbolsAreSaid() throws Exception {
        Path none = directory.resolve("none.elf");
        assertFailure(
                4,
                "retrovisor: " + none + ": no such file; check the path given with --symbols",
                "--symbols",
                none.toString());
    }

    @Test
    void aWordForQemuStandsAfterTheDashes() throws Exception {
        assertFailure(
                2,
                "retrovisor: extra: not an option (QEMU's options stand after --); see: retrovisor run --help",
                "extra");
    }

    @Test
    void aGuestCannotBothWaitAndRun() throws Exception {
        assertFailure(
                2,
                "retrovisor: either --stopped or --running, not both; see: retrovisor run --help",
                "--stopped",
                "--running");
    }

    @Test
    void aTextFileIsNoGuest() throws Exception {
        guest = Files.writeString(directory.resolve("notes.txt"), "some text");
        String message = "retrovisor: " + guest
                + ": no Multiboot 1 header; give a Multiboot 1 kernel (magic 0x1BADB002, 4-byte aligned, in the first 8192"
                + " bytes)";
        assertFailure(4, message);
    }

    @Test
    void memoryForTheLogHasBounds() throws Exception {
        String bounds = " (expected: 1 to 2048 MB, or 0: the monitor decides); see: retrovisor run --help";
        assertFailure(2, "retrovisor: --log: 5000" + bounds, "--log", "5000");
        assertFailure(2, "retrovisor: --log: -1" + bounds, "--log=-1");
    }

    @Test
    void aMachineWithoutMemoryIsRefusedByUsNotMadeLargerByQemu() throws Exception {
        assertFailure(
                2, "retrovisor: --memory: 0 (expected: 4 to 1048576 MB); see: retrovisor run --help", "--memory", "0");
    }

    @Test
    void aDiskGoesWithoutAKernel() throws Exception {
        assertFailure(
                2,
                "retrovisor: either --guest or --kernel, or --disk and --cdrom, not both; see: retrovisor run --help",
                "--disk",
                "disk.img");
    }

    private void assertFailure(int code, String message, String... more) throws Exception {
        try (Program program = run(more)) {
            assertThat(program.awaitEnd()).isEqualTo(code);
            assertThat(program.lines()).containsExactly(message);
        }
    }

    private Program run(String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--guest", guest.toString(), "--qemu", qemu.toString()));
        arguments.addAll(List.of("--monitor", monitor.toString()));
        if (!List.of(more).contains("--port")) {
            arguments.addAll(List.of("--port", "0"));
        }
        arguments.addAll(List.of(more));
        return Program.start(arguments.toArray(String[]::new));
    }
}
