// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes recordings that nobody wants, and removes them: so that Java has loaded and compiled the way of a log into a file before a
 * guest runs. The first commits took a tenth of a second without it, and so much was lost if the recorder was killed then.
 */
public final class Rehearsal {
    private static final int EVENTS_A_COMMIT = 200;
    private static final int SITES = 16;
    private static final int DATA_BYTES = 8;
    private static final int PAGE = 4096;

    private final byte[] log = records();
    private long instant;

    private Rehearsal() {}

    /** Goes on for so many nanoseconds. What fails is no harm: the recording itself will say it. */
    public static void run(long nanos) {
        try {
            Path folder = Files.createTempDirectory("retrovisor-rehearsal-");
            try {
                events(folder.resolve("rehearsal.retro"), nanos);
            } finally {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | RecordingException e) {
            return; // Nothing was promised.
        }
    }

    /** How many events it writes in that time, into a file that it removes. */
    static long events(Path file, long nanos) throws RecordingException {
        return new Rehearsal().write(file, System.nanoTime() + nanos);
    }

    private long write(Path file, long end) throws RecordingException {
        RecordingWriter writer = RecordingWriter.create(file);
        try {
            writer.begin(
                    new Machine(List.of("ram-end 1000")), new Base(0, 0, List.of(0L, 0L, 0L, 0L, 0L), new byte[PAGE]));
            writer.page(0, new byte[PAGE]);
            writer.endPages();
            while (System.nanoTime() - end < 0) {
                writer.append(writer.wanted(), log, 0, log.length);
                writer.reached(writer.wanted(), ++instant);
                writer.commit();
            }
            return writer.events();
        } finally {
            writer.discard();
        }
    }

    /** Of all kinds and of some places, some with data. */
    private static byte[] records() {
        int bytes = TraceDecoder.RECORD_BYTES + DATA_BYTES;
        ByteBuffer log = ByteBuffer.allocate(EVENTS_A_COMMIT * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < EVENTS_A_COMMIT; i++) {
            int length = i % 4 == 0 ? DATA_BYTES : 0;
            log.putLong(0).putLong(i % SITES).putLong(i % SITES).putLong(i);
            log.putShort((short) (1 + i % SITES)).putShort((short) 4).putInt(length);
            log.putInt(0).putInt(0).put(new byte[length]);
        }
        return java.util.Arrays.copyOf(log.array(), log.position());
    }
}
