// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestConsoleTest {
    @TempDir
    Path directory;

    @Test
    void aLineCountsWhenItIsComplete() throws Exception {
        Path file = Files.writeString(directory.resolve("console"), "one\ntwo\ncra");
        assertThat(new GuestConsole(file).lines()).containsExactly("one", "two");
        assertThat(new GuestConsole(file).await("tw", Duration.ofSeconds(1), line -> {}))
                .isEqualTo("two");
    }

    @Test
    void aLineThatNeverComesIsSaid() {
        assertThatThrownBy(
                        () -> new GuestConsole(directory.resolve("none")).await("x", Duration.ofMillis(1), line -> {}))
                .isInstanceOf(DemoException.class)
                .hasMessage("the guest has not printed \"x\" within 0 s");
    }
}
