// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import java.util.List;

/** What gdb is asked about packetd's crash, in order, and what must be in its answers for the cause to be found. */
final class Story {
    /**
     * One command.
     *
     * @param remark said before it; may be empty
     * @param mustContain a part of every right answer; may be empty
     */
    record Step(String remark, String command, String mustContain) {}

    /** Asked at the crash and again after the way back and forth: the same crash has the same answer. */
    static final String LOUDEST = "print inbox.loudest";

    private Story() {}

    static List<Step> steps(int port) {
        return List.of(
                new Step("The guest has crashed. Plain gdb connects.", "target remote localhost:" + port, "panic"),
                new Step("", "backtrace", "on_crash"),
                new Step("It followed a pointer to a station. The pointer is text:", LOUDEST, "struct station *"),
                new Step("", "print (char[8])inbox.loudest", "="),
                new Step(
                        "Who wrote that? A watchpoint, and back in time to the write:",
                        "watch inbox.loudest",
                        "atchpoint"),
                new Step("", "reverse-continue", "Old value"),
                new Step(
                        "The network driver did, in an interrupt that came while the main loop swapped the areas:",
                        "backtrace",
                        "swap_areas"),
                new Step("The message it was about to store, and its size:", "set $message = inbox.write + 4", ""),
                new Step("", "frame function inbox_store", "inbox_store"),
                new Step("", "print size", "="),
                new Step("The room it believed in is that of the new area:", "print inbox.room", "="),
                new Step(
                        "The room there was, where inbox.write still points into the old one:",
                        "print (char *)&inbox.loudest - (char *)inbox.write",
                        "="),
                new Step("What the driver had read from the card until then:", "monitor events 24", "0x310"),
                new Step("And forward again, from the cause to the same crash:", "delete", ""),
                new Step("", "break panic", "Breakpoint"),
                new Step("", "continue", "panic"),
                new Step("", LOUDEST, "struct station *"),
                new Step("", "backtrace 3", "on_crash"),
                new Step("The message that did it:", "x/s $message", ""),
                new Step("", "monitor status", ""));
    }
}
