// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The breakpoints that the monitor has, and which of them the debugger wants. gdb removes all of them at each stop and inserts
 * them again before the guest runs: those never leave the monitor.
 */
public final class Breakpoints {
    /** By {@code TYPE,ADDRESS,KIND}: the whole of what was inserted, with conditions and commands. */
    private final Map<String, String> inserted = new HashMap<>();

    private final Set<String> unwanted = new HashSet<>();

    /** {@code packet} is a {@code Z} packet. True if the monitor has exactly this already; it is now wanted. */
    public boolean wants(String packet) {
        String place = place(packet);
        if (!packet.substring(1).equals(inserted.get(place))) {
            return false;
        }
        unwanted.remove(place);
        return true;
    }

    /** The monitor has said OK to a {@code Z} packet. */
    public void inserted(String packet) {
        inserted.put(place(packet), packet.substring(1));
        unwanted.remove(place(packet));
    }

    /** {@code packet} is a {@code z} packet. True if the monitor has it, and may keep it until the guest runs. */
    public boolean unwants(String packet) {
        String place = place(packet);
        if (!inserted.containsKey(place)) {
            return false;
        }
        unwanted.add(place);
        return true;
    }

    /** The {@code z} packets to send before the guest runs. */
    public List<String> stale() {
        return unwanted.stream().sorted().map(place -> "z" + place).toList();
    }

    /** {@code packet} is a {@code z} packet that was sent. */
    public void removed(String packet) {
        inserted.remove(place(packet));
        unwanted.remove(place(packet));
    }

    /** Nobody wants any of them. */
    public void abandon() {
        unwanted.addAll(inserted.keySet());
    }

    /** The {@code Z} packets of all that are wanted. */
    public List<String> wanted() {
        List<String> packets = new ArrayList<>();
        inserted.forEach((place, text) -> {
            if (!unwanted.contains(place)) {
                packets.add("Z" + text);
            }
        });
        return packets;
    }

    /** The monitor has none. */
    public void clear() {
        inserted.clear();
        unwanted.clear();
    }

    private static String place(String packet) {
        int semicolon = packet.indexOf(';');
        return packet.substring(1, semicolon < 0 ? packet.length() : semicolon);
    }
}
