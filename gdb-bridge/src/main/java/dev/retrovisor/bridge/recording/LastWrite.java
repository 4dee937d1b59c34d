// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.Mark;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Who wrote memory last: a watchpoint, and back through the recording to the first change.
 *
 * @param where instant and RIP at which the write is about to happen
 * @param before the bytes before it, in hexadecimal
 * @param after the bytes at the place that was asked about
 * @param device what the monitor says if a device wrote it, not an instruction
 */
public record LastWrite(Mark where, String before, String after, Optional<String> device) {
    /** Bytes that one watchpoint can watch: the size of a debug register's stretch. */
    public static final int MOST_BYTES = 8;

    private static final String TRIPLE_FAULT = "triple fault";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration JOURNEY = Duration.ofHours(6);

    /**
     * Before the place where the guest stands; none if the bytes are what they were when the recording began.
     *
     * @param begin the instant where it began
     */
    public static Optional<LastWrite> find(MonitorDialogue monitor, long begin, long address, int length)
            throws LinkLostException, RefusedException {
        String after = read(monitor, address, length);
        String place = String.format(Locale.ROOT, ",%x,%x", address, length);
        String set = text(monitor.ask("Z2" + place, PATIENCE));
        if (!set.equals("OK")) {
            throw new RefusedException(
                    "no watchpoint is possible at 0x" + Long.toHexString(address) + " (" + set + ")");
        }
        MonitorDialogue.Stop stop = monitor.resume("bc", JOURNEY);
        if (stop.text().startsWith(TRIPLE_FAULT)) {
            // The crash at the end of the recording, which each way back from there begins with.
            monitor.resume("bs", PATIENCE);
            String earlier = read(monitor, address, length);
            if (!earlier.equals(after)) {
                return Optional.of(new LastWrite(new ReplayOpening(monitor).mark(), earlier, after, Optional.empty()));
            }
            stop = monitor.resume("bc", JOURNEY);
        }
        if (stop.reply().contains("replaylog:begin")) {
            return Optional.empty();
        }
        if (!stop.reply().contains("watch:")) {
            throw new RefusedException(
                    "the way back ended elsewhere: " + stop.text().strip() + " " + stop.reply());
        }
        String before = read(monitor, address, length);
        if (before.equals(after)) {
            return Optional.of(unseen(monitor, begin, address, after));
        }
        return Optional.of(new LastWrite(new ReplayOpening(monitor).mark(), before, after, device(stop)));
    }

    /**
     * No instruction was seen to write it, but it has changed by the stop where the guest stands: the CPU itself did, in its tables of
     * pages, or an instruction that QEMU's debug registers miss. So it is looked for, in strides that double, and then between the last
     * two.
     */
    private static LastWrite unseen(MonitorDialogue monitor, long begin, long address, String after)
            throws LinkLostException, RefusedException {
        ReplayOpening replay = new ReplayOpening(monitor);
        int length = after.length() / 2;
        long same = replay.mark().instant();
        long other = same;
        for (long stride = 1; other > begin && read(monitor, address, length).equals(after); stride *= 2) {
            same = other;
            other = Math.max(begin, other - stride);
            replay.seek(other);
        }
        if (read(monitor, address, length).equals(after)) {
            throw new RefusedException(
                    "0x" + Long.toHexString(address) + " was changed unseen, and back, since the recording began");
        }
        while (same - other > 1) {
            long middle = other + (same - other) / 2;
            replay.seek(middle);
            if (read(monitor, address, length).equals(after)) {
                same = middle;
            } else {
                other = middle;
            }
        }
        replay.seek(other);
        return new LastWrite(replay.mark(), read(monitor, address, length), after, Optional.empty());
    }

    private static Optional<String> device(MonitorDialogue.Stop stop) {
        return stop.text().lines().filter(line -> line.contains("by a device")).findFirst();
    }

    private static String read(MonitorDialogue monitor, long address, int length)
            throws LinkLostException, RefusedException {
        String reply = text(monitor.ask(String.format(Locale.ROOT, "m%x,%x", address, length), PATIENCE));
        if (reply.startsWith("E")) {
            throw new RefusedException("there is no memory at 0x" + Long.toHexString(address) + " at that moment");
        }
        return reply;
    }

    private static String text(byte[] reply) {
        return new String(reply, StandardCharsets.ISO_8859_1);
    }
}
