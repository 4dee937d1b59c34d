// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What connects the bridge with the monitor in a machine of ours. */
public enum MonitorLink {
    /** The machine's second serial port, which a real machine has, too. */
    UART,
    /** A virtio console: many times faster. */
    VIRTIO;

    /** Of the slots that devices without an address get, the last: a guest's own devices stand where they would. */
    private static final String SLOT = "1e";

    /** The word for it on the monitor's command line and on ours. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** QEMU's options for the device. Without ioeventfd an answer leaves at once, not when QEMU's main loop comes by. */
    List<String> options(Path socket) {
        if (this == UART) {
            return List.of();
        }
        return List.of(
                "-chardev",
                "socket,id=retrovisor,path=" + socket + ",server=on,wait=off",
                "-device",
                "virtio-serial-pci,id=retrovisor,addr=" + SLOT
                        + ",disable-modern=on,disable-legacy=off,max_ports=2,ioeventfd=off",
                "-device",
                "virtserialport,bus=retrovisor.0,nr=1,chardev=retrovisor");
    }
}
