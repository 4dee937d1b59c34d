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

/** Fetches what a recording begins from: the machine, the CPU, and the memory that is not all zeros. */
final class BaseTransfer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
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
        byte[] machine = monitor.ask("qRetro.Machine", PATIENCE);
        if (machine.length == 0 || machine[0] != 'M') {
            throw new RefusedException("this monitor cannot hand out recordings: it is older than this program");
        }
        byte[] packet = monitor.ask("qRetro.Base", PATIENCE);
        Reply base = Reply.parse(packet, 'B', 8)
                .orElseThrow(() -> new RefusedException("the monitor records nothing (" + text(packet) + ")"));
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
            byte[] packet = monitor.ask("qRetro.Pages:" + Long.toHexString(frame), PATIENCE);
            Reply pages = Reply.parse(packet, 'P', 4)
                    .orElseThrow(() -> new RefusedException("the monitor gives no memory (" + text(packet) + ")"));
            if (pages.number(0) != base.number(0) || pages.number(1) != base.number(1)) {
                throw new RefusedException("the recording began anew while its beginning was fetched");
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

    private static String text(byte[] packet) {
        return new String(packet, StandardCharsets.ISO_8859_1);
    }
}
