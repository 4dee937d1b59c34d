// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.MonitorLink;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.Checkpoints;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.format.ReplayImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The machine that a recording is replayed in: its RAM is a file with the recording in it. Owns the file. */
final class ReplayMachine implements AutoCloseable {
    /** What QEMU's pc has below 4 GB in one piece. */
    private static final int MOST_MEGABYTES = 3583;

    private static final int LEAST_POOL_MEGABYTES = 64;
    private static final int MOST_POOL_MEGABYTES = 2048;

    /** The monitor itself, its tables, and room for alignment. */
    private static final int MONITOR_MEGABYTES = 48;

    private static final int PAGE_SHIFT = 12;

    /** For the image, the guest's memory once more, and the pages of checkpoints. */
    private static final long MOST_BYTES = (long) (MOST_MEGABYTES - MONITOR_MEGABYTES - LEAST_POOL_MEGABYTES - 2) << 20;

    private final Path directory;
    private final ReplayImage.Place place;
    private final QemuSettings settings;

    private ReplayMachine(Path directory, ReplayImage.Place place, QemuSettings settings) {
        this.directory = directory;
        this.place = place;
        this.settings = settings;
    }

    /** Reads and checks all of the recording. */
    static ReplayMachine prepare(
            RecordingReader recording,
            Checkpoints checkpoints,
            MachineOptions machine,
            List<String> extra,
            Console console)
            throws RecordingException, SessionException, GuestImageException {
        Path directory = null;
        boolean done = false;
        try (Waiting waiting = Waiting.show(console, "unpacking the recording")) {
            Path made = Files.createTempDirectory("retrovisor-replay-");
            directory = made;
            // Ctrl-C ends a replay: nobody closes it then. A file that is gone already is no harm.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(made), "remove the replay's RAM"));
            Path ram = directory.resolve("ram");
            ReplayImage.Place place = ReplayImage.write(recording, checkpoints, MOST_BYTES, ram);
            place.complaints().forEach(console::warn);
            QemuSettings settings = settings(recording, machine, place, ram, extra);
            try (RandomAccessFile whole = new RandomAccessFile(ram.toFile(), "rw")) {
                whole.setLength((long) settings.memoryMegabytes() << 20);
            }
            done = true;
            return new ReplayMachine(directory, place, settings);
        } catch (IOException e) {
            throw new SessionException("the recording cannot be unpacked: " + e.getMessage());
        } finally {
            if (!done && directory != null) {
                remove(directory);
            }
        }
    }

    private static QemuSettings settings(
            RecordingReader recording, MachineOptions machine, ReplayImage.Place place, Path ram, List<String> extra)
            throws SessionException, GuestImageException, RecordingException {
        int used = megabytes(place.end()) + MONITOR_MEGABYTES;
        int kept = megabytes(place.keptPages() << PAGE_SHIFT);
        int wanted = Math.min(MOST_POOL_MEGABYTES, megabytes(place.address()) + LEAST_POOL_MEGABYTES + kept);
        int pool = Math.min(wanted, MOST_MEGABYTES - used);
        if (pool < LEAST_POOL_MEGABYTES + kept) {
            throw new SessionException(recording.file() + ": needs " + (used + LEAST_POOL_MEGABYTES)
                    + " MB in one piece to be replayed (expected: <= " + MOST_MEGABYTES + ")");
        }
        MonitorOptions options = MonitorOptions.replay(MonitorLink.VIRTIO, pool, place.address());
        boolean icount = !recording.machine().words("clock").equals(Optional.of(List.of("state-match")));
        return machine.replaySettings(used + pool, ram, options, icount, extra);
    }

    private static int megabytes(long bytes) {
        return (int) ((bytes + (1 << 20) - 1) >> 20);
    }

    QemuSettings settings() {
        return settings;
    }

    /** The instants of the checkpoints that the monitor has; it stands at the last one, or at the beginning. */
    List<Long> checkpoints() {
        return place.checkpoints();
    }

    /** The instant where the recording ends. */
    long end() {
        return place.lastInstant();
    }

    private static void remove(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve("ram"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            directory.toFile().deleteOnExit();
        }
    }

    @Override
    public void close() {
        remove(directory);
    }
}
