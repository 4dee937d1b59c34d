// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A guest that counts for ever, each millisecond, at a port that the host writes into a file; recorded into another file. */
public final class Beacon {
    private static final long PORT = 0x4f0;

    private final Path recording;
    private final Path host;

    public Beacon(Path folder) {
        recording = folder.resolve("beacon.retro");
        host = folder.resolve("seen");
    }

    /** Of a launch in which it runs at once. */
    public Map<String, String> attributes() {
        return Map.of(
                LaunchSettings.GUEST,
                TestLaunches.HOME
                        .resolve("stub-monitor/build/guests/beacon.elf")
                        .toString(),
                LaunchSettings.STOPPED,
                "false",
                LaunchSettings.OUTPUT,
                recording.toString(),
                LaunchSettings.OPTIONS,
                "-chardev file,id=beacon,path=" + host + " -device isa-debugcon,iobase=" + PORT + ",chardev=beacon");
    }

    /** What the host has seen until now. */
    public byte[] seen() {
        try {
            return Files.exists(host) ? Files.readAllBytes(host) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it is in the recording, which was closed with the state at its end. */
    public void assertRecorded(byte[] seen) throws RecordingException {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        try (RecordingReader reader = Recordings.open(recording)) {
            reader.events(0, event -> {
                if (event.kind() == EventKind.PORT_WRITE.number && event.address() == PORT) {
                    recorded.write((int) event.value());
                }
                return true;
            });
            assertFalse(reader.end().isTorn());
            assertFalse(reader.marks().isEmpty(), "no state at the end");
        }
        assertTrue(
                recorded.size() >= seen.length,
                "the host had seen " + seen.length + " bytes, " + recorded.size() + " are in the recording");
        assertArrayEquals(seen, Arrays.copyOf(recorded.toByteArray(), seen.length));
    }
}
