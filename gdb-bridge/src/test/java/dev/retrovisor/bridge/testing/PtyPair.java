// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two pseudo-terminals joined like two serial ports by a null-modem cable; made by socat. */
public final class PtyPair implements AutoCloseable {
    private final Path near;
    private final Path far;
    private final Process socat;

    private PtyPair(Path near, Path far, Process socat) {
        this.near = near;
        this.far = far;
        this.socat = socat;
    }

    public static PtyPair in(Path directory) throws IOException, InterruptedException {
        Path near = directory.resolve("near");
        Path far = directory.resolve("far");
        Process socat = new ProcessBuilder("socat", pty(near), pty(far)).start();
        for (int i = 0; i < 500 && !(Files.exists(near) && Files.exists(far)); i++) {
            Thread.sleep(10);
        }
        return new PtyPair(near, far, socat);
    }

    private static String pty(Path link) {
        return "pty,raw,echo=0,link=" + link;
    }

    public Path near() {
        return near;
    }

    public Path far() {
        return far;
    }

    @Override
    public void close() {
        socat.destroyForcibly();
    }
}
