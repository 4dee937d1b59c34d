// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.Mark;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A monitor that stands at the beginning of a recording made elsewhere: does its machine fit, and where does it go. */
public final class ReplayOpening {
    private static final Duration PATIENCE = Duration.ofMinutes(60);
    private static final Pattern NOW = Pattern.compile("now at @(\\d+)");
    private static final long OSXSAVE = 1L << 27;

    /** CPUID bits that a guest may rely on: leaf, subleaf, register, the bits that say nothing about the CPU, name. */
    private record Features(long leaf, long subleaf, int register, long ignored, String name) {}

    private static final List<Features> FEATURES = List.of(
            new Features(1, 0, 2, OSXSAVE, "leaf 1 ECX"),
            new Features(1, 0, 3, 0, "leaf 1 EDX"),
            new Features(7, 0, 1, 0, "leaf 7 EBX"),
            new Features(0xd, 0, 0, 0, "leaf 0xd EAX (state kept by XSAVE)"),
            new Features(0x80000001L, 0, 2, 0, "leaf 0x80000001 ECX"),
            new Features(0x80000001L, 0, 3, 0, "leaf 0x80000001 EDX"));

    private final MonitorDialogue monitor;

    public ReplayOpening(MonitorDialogue monitor) {
        this.monitor = monitor;
    }

    /** What the recorded CPU had and this one lacks, a line each; the guest may have used it. */
    public List<String> missingFeatures(Machine recorded) throws LinkLostException {
        String reply = new String(monitor.ask("qRetro.Machine", PATIENCE), StandardCharsets.ISO_8859_1);
        Machine here =
                new Machine(reply.substring(Math.min(1, reply.length())).lines().toList());
        List<String> missing = new ArrayList<>();
        for (Features f : FEATURES) {
            long had = recorded.cpuid(f.leaf, f.subleaf, f.register).orElse(0L) & ~f.ignored;
            long has = here.cpuid(f.leaf, f.subleaf, f.register).orElse(0L);
            if ((had & ~has) != 0) {
                missing.add("CPUID " + f.name + ": bits 0x" + Long.toHexString(had & ~has));
            }
        }
        return missing;
    }

    /**
     * Goes to an instant. Where it ended is another one if the replay does not hold: then the exception says why. By state
     * match there is not each instant; then it is the next one, and nothing else is said.
     */
    public void seek(long instant) throws LinkLostException, RefusedException {
        List<String> lines = monitor.command("seek @" + instant, PATIENCE)
                .lines()
                .filter(line -> !line.startsWith("gdb still"))
                .toList();
        String text = String.join("; ", lines);
        Matcher now = NOW.matcher(text);
        int ahead = now.find() ? Long.compareUnsigned(Long.parseUnsignedLong(now.group(1)), instant) : -1;
        if (ahead < 0 || (ahead > 0 && lines.size() > 1) || text.contains("diverged")) {
            throw new RefusedException(text.isEmpty() ? "the monitor does not say where it is" : text);
        }
    }

    /** The state where it is now. */
    public Mark mark() throws LinkLostException, RefusedException {
        byte[] reply = monitor.ask("qRetro.Mark", PATIENCE);
        Reply mark = Reply.parse(reply, 'D', 4)
                .orElseThrow(() ->
                        new RefusedException("no state (" + new String(reply, StandardCharsets.ISO_8859_1) + ")"));
        return new Mark(mark.number(1), mark.number(2), mark.number(3));
    }
}
