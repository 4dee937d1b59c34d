// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A boot loader's command line ends a file's name at the first space: files with one are handed over by another name. */
final class ModuleNames {
    private ModuleNames() {}

    static QemuSettings withoutSpaces(QemuSettings settings, SessionDirectory directory) throws IOException {
        List<BootModule> modules = new ArrayList<>();
        for (BootModule module : settings.modules()) {
            modules.add(new BootModule(directory.nameWithoutSpaces(module.file()), module.arguments()));
        }
        return new QemuSettings(
                settings.program(),
                settings.memoryMegabytes(),
                settings.icount(),
                settings.monitorImage(),
                settings.monitor(),
                settings.console(),
                modules,
                settings.memoryFile(),
                settings.extra());
    }
}
