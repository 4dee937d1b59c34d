// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** QEMU's command line for a machine. */
final class QemuCommand {
    /**
     * QEMU's kvmvapic, an option ROM that speeds up the task priority, writes into the firmware's memory (and into code of the
     * guest's) when that is accessed: an input that no recorder sees.
     */
    private static final List<String> NO_WRITES_OF_ITS_OWN = List.of("-global", "apic-common.vapic=off");

    private QemuCommand() {}

    static List<String> of(QemuSettings settings, SessionDirectory directory) {
        List<String> command = new ArrayList<>(List.of(settings.program()));
        command.addAll(List.of("-accel", "tcg", "-cpu", "max,-la57,-rdrand,-rdseed", "-machine", "pc"));
        command.addAll(List.of("-m", String.valueOf(settings.memoryMegabytes()), "-display", "none", "-no-reboot"));
        command.addAll(NO_WRITES_OF_ITS_OWN);
        command.addAll(List.of("-serial", settings.console()));
        command.addAll(List.of("-serial", "unix:" + directory.uart() + ",server=on,wait=off"));
        command.addAll(settings.monitor().link().options(directory.console()));
        command.addAll(List.of("-debugcon", "file:" + directory.debugConsole()));
        if (settings.icount()) {
            command.addAll(List.of("-icount", "shift=0,sleep=on"));
        }
        command.addAll(List.of("-kernel", settings.monitorImage().toString()));
        command.addAll(List.of("-append", settings.monitor().commandLine()));
        if (!settings.modules().isEmpty()) {
            command.addAll(List.of("-initrd", initrd(settings)));
        }
        settings.memoryFile()
                .ifPresent(file -> command.addAll(List.of(
                        "-object",
                        "memory-backend-file,id=ram,share=off,size=" + settings.memoryMegabytes() + "M,mem-path="
                                + file.toString().replace(",", ",,"),
                        "-machine",
                        "memory-backend=ram")));
        command.addAll(settings.extra());
        return command;
    }

    private static String initrd(QemuSettings settings) {
        return settings.modules().stream().map(BootModule::forInitrd).collect(Collectors.joining(","));
    }

    /**
     * The same command, tied to this process: a session of its own, so that Ctrl-C in the terminal does not reach QEMU, and
     * killed by the kernel when the thread that started it is gone, even if that was killed itself.
     */
    static List<String> tied(List<String> command) {
        List<String> tied = new ArrayList<>(List.of("setsid", "setpriv", "--pdeathsig", "KILL", "--"));
        tied.addAll(command);
        return tied;
    }
}
