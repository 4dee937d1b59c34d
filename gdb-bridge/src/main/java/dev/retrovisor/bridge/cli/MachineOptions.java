// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.qemu.BootModule;
import dev.retrovisor.bridge.qemu.GuestImage;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.session.SessionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** The machine that QEMU is. */
final class MachineOptions {
    /** The top of the tree this program was built in, set by the script that starts it. */
    static final Path HOME = Path.of(System.getProperty("retrovisor.home", ".")).normalize();

    private static final int LEAST_MEGABYTES = 4;
    private static final int MOST_MEGABYTES = 1 << 20;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--memory",
            defaultValue = "256",
            paramLabel = "MB",
            description = "RAM of the machine (default: ${DEFAULT-VALUE})")
    private int memoryMegabytes;

    @CommandLine.Option(
            names = "--no-icount",
            description = "let QEMU's time follow the clock on the wall: faster; a recording's instants are counted by"
                    + " state match then")
    private boolean noIcount;

    @CommandLine.Option(
            names = "--console",
            paramLabel = "WHERE",
            description =
                    "the guest's first serial port, in the words of QEMU's -serial (default: stdio; null for gdb)")
    private String console;

    @CommandLine.Option(
            names = "--qemu",
            defaultValue = "qemu-system-x86_64",
            paramLabel = "PROGRAM",
            description = "default: ${DEFAULT-VALUE}")
    private String qemu;

    @CommandLine.Option(
            names = "--monitor",
            paramLabel = "IMAGE",
            description = "the monitor's image (default: the one built here)")
    private Path monitor = HOME.resolve("stub-monitor/build/monitor.bin");

    /** {@code quiet}: the terminal belongs to somebody else; {@code extra}: options for QEMU. */
    QemuSettings settings(List<BootModule> modules, MonitorOptions options, boolean quiet, List<String> extra)
            throws SessionException, GuestImageException {
        String where = console == null ? (quiet ? "null" : "stdio") : console;
        checkMemory(memoryMegabytes);
        if (!Files.isReadable(monitor)) {
            throw new SessionException(monitor.normalize() + ": no monitor image; build it with: make -C stub-monitor");
        }
        if (!GuestImage.isKernel(monitor)) {
            throw new SessionException(
                    monitor.normalize() + ": no monitor image (it has no Multiboot 1 header); see --monitor");
        }
        return new QemuSettings(qemu, memoryMegabytes, !noIcount, monitor, options, where, modules, extra);
    }

    /** A machine without a guest, whose RAM is a file; {@code icount}: the recording's instants are instructions. */
    QemuSettings replaySettings(int megabytes, Path ram, MonitorOptions options, boolean icount, List<String> extra)
            throws SessionException, GuestImageException {
        QemuSettings plain = settings(List.of(), options, true, extra);
        return new QemuSettings(
                plain.program(),
                megabytes,
                icount,
                plain.monitorImage(),
                options,
                plain.console(),
                List.of(),
                Optional.of(ram),
                extra);
    }

    private void checkMemory(int megabytes) {
        if (megabytes < LEAST_MEGABYTES || megabytes > MOST_MEGABYTES) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--memory: " + megabytes + " (expected: " + LEAST_MEGABYTES + " to " + MOST_MEGABYTES + " MB)");
        }
    }
}
