// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.Machine;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogCommandTest {
    private static final int EVENTS = 1_050_000;
    private static final int RARE = 1000;
    private static final int RECORD_BYTES = 48;

    @TempDir
    Path folder;

    private String out = "";
    private String err = "";

    private void log(String... words) {
        StringWriter said = new StringWriter();
        StringWriter complained = new StringWriter();
        assertThat(Main.run(words, new PrintWriter(said, true), new PrintWriter(complained, true)))
                .isZero();
        out = said.toString();
        err = complained.toString();
    }

    /** One event in a thousand has another RIP. */
    private Path recording() throws RecordingException {
        Path file = folder.resolve("a.retro");
        try (RecordingWriter writer = RecordingWriter.create(file)) {
            writer.begin(
                    new Machine(List.of("ram-end 1000")), new Base(0, 0, List.of(0L, 0L, 0L, 0L, 0L), new byte[16]));
            writer.endPages();
            ByteBuffer some = ByteBuffer.allocate(RARE * RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < EVENTS; i++) {
                some.putLong(i)
                        .putLong(i % RARE == 7 ? 0x2000 : 0x1000)
                        .putLong(0x3f8)
                        .putLong(i);
                some.putInt(2 | 1 << 16).putInt(0).putInt(0).putInt(0);
                if (!some.hasRemaining()) {
                    writer.append(writer.wanted(), some.array(), 0, some.position());
                    some.clear();
                }
            }
            writer.reached(writer.wanted(), EVENTS);
            writer.finish();
        }
        return file;
    }

    @Test
    void rareEventsOfALongRecordingComeFromTheirRowsAndThatIsSaid() throws RecordingException {
        String file = recording().toString();
        log("log", file, "--rip", "0x2000", "--checked");
        String checked = out;
        assertThat(checked.lines()).hasSize(EVENTS / RARE);
        assertThat(err).doesNotContain("checksums");
        log("log", file, "--rip", "0x2000");
        assertThat(out).isEqualTo(checked);
        assertThat(err)
                .contains("these events are from the table of events, which has no checksums")
                .contains("--checked");
        log("log", file, "--rip", "0x2000", "--limit", "10");
        assertThat(out.lines().toList()).isEqualTo(checked.lines().limit(10).toList());
        assertThat(err).doesNotContain("checksums");
    }
}
