// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.qemu.MonitorLink;
import picocli.CommandLine;

/** What the bridge and the monitor speak over. */
final class LinkOptions {
    @CommandLine.Option(
            names = "--link",
            defaultValue = "virtio",
            paramLabel = "uart|virtio",
            description = "the device between bridge and monitor (default: ${DEFAULT-VALUE}, which is faster)")
    private MonitorLink link;

    MonitorLink link() {
        return link;
    }
}
