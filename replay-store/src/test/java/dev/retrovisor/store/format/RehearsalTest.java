// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
    private static Set<String> left() {
        String[] names = new File(System.getProperty("java.io.tmpdir")).list();
        return Arrays.stream(names == null ? new String[0] : names)
                .filter(name -> name.startsWith("retrovisor-rehearsal-"))
                .collect(Collectors.toSet());
    }

    @Test
    void itLeavesNothingBehind() {
        Set<String> before = left();
        Rehearsal.run(200_000_000);
        assertThat(left()).isSubsetOf(before);
    }

    /** Else it would end at the first event, silently, and compile nothing. */
    @Test
    void itsLogIsOneThatARecordingTakes(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder)
            throws RecordingException {
        assertThat(Rehearsal.events(folder.resolve("a.retro"), 300_000_000)).isGreaterThan(200);
    }
}
