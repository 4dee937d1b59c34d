// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.RecordingWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/** A copy of a recording in which the guest writes another value to a port than it did; all sums are right, so that only a replay can tell. */
final class AlteredRecording {
    private static final int HEAD_BYTES = 48;
    private static final int VALUE = 24;
    private static final int KIND = 32;
    private static final int DATA_BYTES = 36;

    private AlteredRecording() {}

    /** The instant of the event that was altered: the last write to a port. */
    static long write(Path from, Path to) throws Exception {
        try (RecordingReader original = Recordings.open(from);
                RecordingWriter copy = RecordingWriter.create(to)) {
            for (Map.Entry<String, String> fact : original.facts().entrySet()) {
                copy.describe(fact.getKey(), fact.getValue());
            }
            copy.begin(original.machine(), original.base());
            original.pages((frame, content) -> copy.page(frame, content));
            copy.endPages();
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            original.log((position, bytes) -> log.write(bytes, 0, bytes.length));
            byte[] altered = log.toByteArray();
            final long instant = alter(ByteBuffer.wrap(altered).order(ByteOrder.LITTLE_ENDIAN));
            copy.append(copy.wanted(), altered, 0, altered.length);
            copy.reached(copy.wanted(), original.end().instant());
            for (Mark mark : original.marks()) {
                copy.mark(mark);
            }
            copy.finish();
            return instant;
        }
    }

    private static long alter(ByteBuffer log) {
        int last = -1;
        for (int at = 0; at < log.capacity(); at += HEAD_BYTES + ((log.getInt(at + DATA_BYTES) + 7) & ~7)) {
            last = log.getShort(at + KIND) == EventKind.PORT_WRITE.number ? at : last;
        }
        log.putLong(last + VALUE, log.getLong(last + VALUE) ^ 1);
        return log.getLong(last);
    }
}
