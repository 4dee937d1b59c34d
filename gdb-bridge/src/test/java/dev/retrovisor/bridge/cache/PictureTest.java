// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.rsp.Bytes;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** The form is that of docs/spec/rsp-extensions.md, Pictures. */
final class PictureTest {
    private static final int RSP_AT = 56;
    private static final int THREAD_SUM_AT = 0x3fc;
    private static final int LINES_AT = 0x400;

    private final StoppedState state = new StoppedState();
    private final Picture picture = new Picture();

    /** One change: {@code bytes} at {@code at}, skips included. */
    private static Bytes change(int at, byte... bytes) {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.write('=');
        int skip = at;
        for (; skip >= 255; skip -= 255) {
            reply.write(255);
        }
        reply.write(skip);
        reply.write(bytes.length);
        reply.writeBytes(bytes);
        return Bytes.of(reply.toByteArray());
    }

    private static byte[] line(int state, int address) {
        byte[] line = new byte[73];
        line[0] = (byte) state;
        line[1] = (byte) address;
        line[2] = (byte) (address >> 8);
        line[9] = 0x5a;
        return line;
    }

    @Test
    void aLineAnswersForTheMemoryAtItsAddress() {
        picture.apply(change(LINES_AT + 73, line(1, 0x1240)));
        state.stopped(picture);
        assertThat(state.answer(Bytes.ascii("m1240,2"))).contains(Bytes.ascii("5a00"));
        assertThat(state.answer(Bytes.ascii("m1280,2"))).isEmpty();
    }

    @Test
    void aLineThatCouldNotBeReadAnswersForNothing() {
        picture.apply(change(LINES_AT + 73, line(2, 0x1240)));
        state.stopped(picture);
        assertThat(state.answer(Bytes.ascii("m1240,2"))).isEmpty();
    }

    @Test
    void linesStayFromStepToStepUntilTheMonitorChangesThem() {
        picture.apply(change(LINES_AT, line(1, 0x1240)));
        picture.apply(change(LINES_AT + 10, (byte) 0x77));
        state.stopped(picture);
        assertThat(state.answer(Bytes.ascii("m1240,2"))).contains(Bytes.ascii("5a77"));
    }

    @Test
    void registersAreInTheStopReplyAndInTheAnswerToG() {
        picture.describe(400);
        picture.apply(change(RSP_AT, (byte) 0x12));
        state.stopped(picture);
        assertThat(picture.stopReply().text()).contains(";07:1200000000000000;");
        String general = state.answer(Bytes.ascii("g")).orElseThrow().text();
        assertThat(general).hasSize(400).endsWith("1200000000000000"); // sp16, told as its difference: 0
    }

    @Test
    void aChangeBeyondTheEndIsRefused() {
        assertThat(picture.apply(change(LINES_AT + 16 * 73, (byte) 1))).isFalse();
    }

    @Test
    void whatIsSaidOfTheThreadIsKeptAsLongAsItsSumIsTheSame() {
        Bytes question = Bytes.ascii("qXfer:threads:read::0,1000");
        picture.apply(change(THREAD_SUM_AT, (byte) 7));
        state.stopped(picture);
        state.learn(question, Bytes.ascii("l<threads/>"));
        state.forget(); // the guest runs
        assertThat(state.answer(question)).isEmpty();
        state.stopped(picture);
        assertThat(state.answer(question)).contains(Bytes.ascii("l<threads/>"));
        state.forget();
        picture.apply(change(THREAD_SUM_AT, (byte) 8));
        state.stopped(picture);
        assertThat(state.answer(question)).isEmpty();
    }

    @Test
    void clearedItIsZerosAgain() {
        picture.apply(change(RSP_AT, (byte) 0x12));
        picture.clear();
        assertThat(picture.stopReply().text()).contains(";07:0000000000000000;");
    }
}
