// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrovisor.bridge.testing.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GuestImageTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 4096, 8180})
    void aHeaderWithinTheFirstBytesIsFound(int offset) throws Exception {
        Path image = Images.multiboot(directory, offset);
        assertThat(GuestImage.check(image).path()).isEqualTo(image);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8184, 8192})
    void aHeaderThatIsMisalignedOrTooFarIsNone(int offset) throws Exception {
        Path image = Images.multiboot(directory, offset);
        assertThatThrownBy(() -> GuestImage.check(image))
                .isInstanceOf(GuestImageException.class)
                .hasMessageContaining("no Multiboot 1 header; give a Multiboot 1 kernel");
    }

    @Test
    void aWrongChecksumIsSaid() throws Exception {
        Path image = Images.brokenMultiboot(directory);
        assertThatThrownBy(() -> GuestImage.check(image)).hasMessageContaining("wrong checksum");
    }

    @Test
    void anEmptyFileIsNoKernel() throws Exception {
        Path image = Files.createFile(directory.resolve("empty"));
        assertThatThrownBy(() -> GuestImage.check(image)).hasMessageContaining("no Multiboot 1 header");
    }

    @Test
    void aMissingFileAndADirectoryAreSaid() {
        assertThatThrownBy(() -> GuestImage.check(directory.resolve("none"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> GuestImage.check(directory)).hasMessageContaining("not a file");
        assertThatThrownBy(() -> GuestImage.checkModule(directory.resolve("none")))
                .hasMessageContaining("--module");
    }
}
