// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Fetches what a recording begins from: the machine, the CPU, and the memory that is not all zeros. */
final class BaseTransfer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LATER_NANOS = 20_000_000_000L;
    private static final long PAUSE_NANOS = 25_000_000;
    private static final int PAGE = 4096;
    private static final int FRAME_BYTES = 4;

    /** Told how far it is. */
    interface Watcher {
        void fetched(long frame, long frames);
    }

    private final MonitorDialogue monitor;
    private final RecordingWriter writer;

    private BaseTransfer(MonitorDialogue monitor, RecordingWriter writer) {
        this.monitor = monitor;
        this.writer = writer;
    }

    /** The number of the monitor's recording that {@code writer} then holds the beginning of. */
    static long fetch(MonitorDialogue monitor, RecordingWriter writer, Watcher watcher)
            throws LinkLostException, RecordingException, RefusedException {
        return new BaseTransfer(monitor, writer).fetch(watcher);
    }

    private long fetch(Watcher watcher) throws LinkLostException, RecordingException, RefusedException {
        byte[] machine = ask("qRetro.Machine");
        if (machine.length == 0 || machine[0] != 'M') {
            throw new RefusedException("this monitor cannot hand out recordings: it is older than this program");
        }
        byte[] packet = ask("qRetro.Base");
        Reply base = Reply.parse(packet, 'B', 8)
                .orElseThrow(() ->
                        new RefusedException("the monitor records nothing (" + text(packet) + "): monitor record on"));
        List<String> lines = text(machine).substring(1).lines().toList();
        writer.begin(
                new Machine(lines),
                new Base(
                        base.number(1),
                        base.number(2),
                        base.numbers().subList(3, 8),
                        Arrays.copyOfRange(packet, base.bytesAt(), packet.length)));
        fetchPages(base, watcher);
        writer.endPages();
        return base.number(0);
    }

    private void fetchPages(Reply base, Watcher watcher)
            throws LinkLostException, RecordingException, RefusedException {
        long frame = 0;
        long frames = 1;
        while (frame < frames) {
            byte[] packet = ask("qRetro.Pages:" + Long.toHexString(frame));
            Reply pages = Reply.parse(packet, 'P', 4)
                    .orElseThrow(() -> new RefusedException("the monitor gives no memory (" + text(packet) + ")"));
            if (pages.number(0) != base.number(0) || pages.number(1) != base.number(1)) {
                throw new HistoryMovedException();
            }
            for (int at = pages.bytesAt(); at + FRAME_BYTES + PAGE <= packet.length; at += FRAME_BYTES + PAGE) {
                int number =
                        ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
                writer.page(
                        number & 0xffffffffL, Arrays.copyOfRange(packet, at + FRAME_BYTES, at + FRAME_BYTES + PAGE));
            }
            frame = pages.number(2);
            frames = pages.number(3);
            watcher.fetched(frame, frames);
        }
    }

    /** On a journey, and the like, again. */
    private byte[] ask(String question) throws LinkLostException, RefusedException {
        long end = System.nanoTime() + LATER_NANOS;
        while (true) {
            byte[] reply = monitor.ask(question, PATIENCE);
            if (!Reply.isForLater(reply)) {
                return reply;
            }
            if (System.nanoTime() - end > 0) {
                throw new RefusedException("the monitor cannot be asked now (" + text(reply) + "): stop the guest");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static String text(byte[] packet) {
        return new String(packet, StandardCharsets.ISO_8859_1);
    }
}
