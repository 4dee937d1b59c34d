// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
    private static final long START = 0x10000;
    private static final int STEP = 0x2000;
    private static final long LONG_STEP = STEP;

    private final ReadAhead ahead = new ReadAhead();

    private static MemoryRequest at(long address, int length) {
        return new MemoryRequest(address, length, false);
    }

    /** Memory that says where it is. */
    private static byte[] memory(long address, int length) {
        byte[] memory = new byte[length];
        for (int i = 0; i < length; i++) {
            memory[i] = (byte) (((address + i) * 31) >> 3);
        }
        return memory;
    }

    private void dumpBegins() {
        for (int i = 0; i < 3; i++) {
            ahead.note(at(START + i * LONG_STEP, STEP));
        }
    }

    private void read(long now) {
        ahead.wanted().ifPresent(wanted -> ahead.learn(wanted, memory(wanted.address(), wanted.length()), now));
    }

    @Test
    void aDumpIsReadOnAndEachPieceIsWhatIsThere() {
        dumpBegins();
        for (int i = 3; i < 40; i++) {
            read(0);
            MemoryRequest next = at(START + i * LONG_STEP, STEP);
            if (ahead.get(next, 0).isPresent()) {
                assertThat(ahead.get(next, 0).get()).isEqualTo(memory(next.address(), STEP));
            } else {
                assertThat(i).as("only the first may be late").isEqualTo(3);
            }
            ahead.note(next);
        }
    }

    @Test
    void singleReadsAndShortOnesAreNotReadOn() {
        ahead.note(at(START, STEP));
        assertThat(ahead.wanted()).isEmpty();
        for (int i = 0; i < 10; i++) {
            ahead.note(at(START + i * 64L, 64));
        }
        assertThat(ahead.wanted()).isEmpty();
    }

    @Test
    void onlyTheReadThatGoesOnIsAnsweredAndOnlySoon() {
        dumpBegins();
        read(0);
        long next = START + 3 * LONG_STEP;
        assertThat(ahead.get(at(next, STEP), ReadAhead.GOOD_FOR - 1)).isPresent();
        assertThat(ahead.get(at(next, STEP), ReadAhead.GOOD_FOR)).isEmpty();
        assertThat(ahead.get(at(next + 64, STEP), 0)).isEmpty();
        assertThat(ahead.get(at(next, 64), 0)).isEmpty();
    }

    @Test
    void nothingIsKeptWhenMemoryMayHaveChanged() {
        dumpBegins();
        read(0);
        ahead.forget();
        assertThat(ahead.get(at(START + 3 * LONG_STEP, STEP), 0)).isEmpty();
        assertThat(ahead.wanted()).isEmpty();
    }

    @Test
    void theLastPieceMayBeShort() {
        dumpBegins();
        MemoryRequest wanted = ahead.wanted().orElseThrow();
        ahead.learn(wanted, Arrays.copyOf(memory(wanted.address(), wanted.length()), 100), 0);
        assertThat(ahead.get(at(START + 3 * LONG_STEP, STEP), 0)).isEmpty();
    }
}
