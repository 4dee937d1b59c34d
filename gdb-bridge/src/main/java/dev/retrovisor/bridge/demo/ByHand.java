// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import java.nio.file.Path;
import java.util.List;

/** How to do by hand what the demonstration did. */
public final class ByHand {
    private static final int UDP_PORT = 9000;

    private ByHand() {}

    /** Lines for the terminal, to be typed at the top of the tree. */
    public static List<String> instructions(Path home) {
        Path elf = home.relativize(DemoGuest.elf(home));
        return List.of(
                "",
                "By hand, in three terminals:",
                "  ./retrovisor run --guest " + elf + " --running --record --log 96 -- \\",
                "    " + String.join(" ", DemoGuest.network(UDP_PORT)),
                "  while sleep 0.00$((RANDOM % 9)); do printf 'PUMP-%03d reading %0120d' $((RANDOM % 12)) 1 \\",
                "    >/dev/udp/127.0.0.1/" + UDP_PORT + "; done    # bash, until it crashes",
                "  gdb " + elf + " -ex 'target remote localhost:1234'",
                "    (gdb) watch inbox.loudest",
                "    (gdb) reverse-continue");
    }
}
