// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import dev.retrovisor.bridge.qemu.BootModule;
import dev.retrovisor.bridge.qemu.GuestImage;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.MonitorLink;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.qemu.QemuSettings;
import java.nio.file.Path;
import java.util.List;

/** packetd on a machine with an NE2000 whose UDP port 9000 is a port of this host. */
final class DemoGuest {
    private static final int MEMORY_MEGABYTES = 256;
    private static final int LOG_MEGABYTES = 96;

    private DemoGuest() {}

    static Path elf(Path home) {
        return home.resolve("stub-monitor/build/guests/packetd.elf");
    }

    static QemuSettings settings(Path home, MonitorLink link, Path console, int udpPort) throws GuestImageException {
        return new QemuSettings(
                "qemu-system-x86_64",
                MEMORY_MEGABYTES,
                true,
                home.resolve("stub-monitor/build/monitor.bin"),
                new MonitorOptions(link, LOG_MEGABYTES, true, true),
                "file:" + console,
                List.of(new BootModule(GuestImage.check(elf(home)).path(), "")),
                network(udpPort));
    }

    static List<String> network(int udpPort) {
        return List.of(
                "-device",
                "ne2k_isa,netdev=n0,iobase=0x300,irq=10",
                "-netdev",
                "user,id=n0,hostfwd=udp:127.0.0.1:" + udpPort + "-10.0.2.15:9000");
    }
}
