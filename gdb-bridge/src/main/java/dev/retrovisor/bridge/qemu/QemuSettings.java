// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A machine to start.
 *
 * @param program QEMU's name or path
 * @param memoryMegabytes the machine's RAM, the monitor's part included
 * @param icount whether instructions drive the machine's time, which recording by instruction counts needs
 * @param console where the guest's first serial port goes, in the words of QEMU's {@code -serial}
 * @param modules the guest's kernel first, then its modules
 * @param memoryFile what the RAM holds at first; the file is not changed
 * @param extra passed to QEMU as they are, after all others
 */
public record QemuSettings(
        String program,
        int memoryMegabytes,
        boolean icount,
        Path monitorImage,
        MonitorOptions monitor,
        String console,
        List<BootModule> modules,
        Optional<Path> memoryFile,
        List<String> extra) {
    public QemuSettings(
            String program,
            int memoryMegabytes,
            boolean icount,
            Path monitorImage,
            MonitorOptions monitor,
            String console,
            List<BootModule> modules,
            List<String> extra) {
        this(program, memoryMegabytes, icount, monitorImage, monitor, console, modules, Optional.empty(), extra);
    }

    public QemuSettings {
        modules = List.copyOf(modules);
        extra = List.copyOf(extra);
    }
}
