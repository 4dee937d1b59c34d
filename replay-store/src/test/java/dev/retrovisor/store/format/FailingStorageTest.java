// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Storage that takes so many bytes a file and no more. The kernel refuses them (RLIMIT_FSIZE, set for this process by prlimit),
 * so that SQLite's writes fail at their beginning or in their middle, as on a full disk.
 */
final class FailingStorageTest {
    private static final List<TraceEvent> EVENTS = Recordings.events(200);
    private static final int COMMIT_EVERY = 20;
    private static final String UNLIMITED = "unlimited";

    /** Half of a page with its header in SQLite's log: each write fails once before it and once within it. */
    private static final int STEP = (8192 + 24) / 2;

    @TempDir
    Path folder;

    /** What a recorder knows when it ends: how many events it committed (-1: not even the base), and what failed. */
    private record Outcome(int committed, RecordingException failure) {}

    private static void limit(String bytes) throws IOException {
        Process prlimit = new ProcessBuilder(
                        "prlimit",
                        "--pid",
                        String.valueOf(ProcessHandle.current().pid()),
                        "--fsize=" + bytes + ":")
                .inheritIO()
                .start();
        try {
            assertThat(prlimit.waitFor()).isZero();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @AfterEach
    void unlimited() throws IOException {
        limit(UNLIMITED);
    }

    @Test
    void whatWasCommittedIsThereWhicheverWriteFails() throws RecordingException, IOException {
        assertThat(write(folder.resolve("whole.retro"), UNLIMITED, UNLIMITED, true))
                .isEqualTo(new Outcome(EVENTS.size(), null));
        List<Integer> kept = new ArrayList<>();
        Outcome outcome;
        for (long bytes = STEP;
                (outcome = checked(bytes, String.valueOf(bytes), true)).failure != null;
                bytes += STEP) {
            kept.add(outcome.committed);
        }
        assertThat(kept).isSorted().contains(-1, 0, EVENTS.size() / 2, EVENTS.size() - COMMIT_EVERY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasCommittedIsThereWhicheverWriteOfTheLastCopyFails(boolean hasRows)
            throws RecordingException, IOException {
        assertThat(write(folder.resolve("whole.retro"), UNLIMITED, UNLIMITED, hasRows))
                .isEqualTo(new Outcome(EVENTS.size(), null));
        int failures = 0;
        for (long bytes = STEP; ; bytes += STEP) {
            Outcome outcome = checked(bytes, UNLIMITED, hasRows);
            assertThat(outcome.committed).isEqualTo(EVENTS.size());
            if (outcome.failure == null) {
                break;
            }
            failures++;
        }
        assertThat(failures).isGreaterThan(20);
    }

    /** Writes while a file may have so many bytes: from the beginning, or from the last commit on. */
    private Outcome checked(long bytes, String before, boolean hasRows) throws RecordingException, IOException {
        Path file = folder.resolve(bytes + ".retro");
        Outcome outcome = write(file, before, String.valueOf(bytes), hasRows);
        limit(UNLIMITED);
        if (outcome.failure != null) {
            assertThat(outcome.failure).hasMessageStartingWith(file + ": ");
        }
        assertKept(file, outcome.committed);
        return outcome;
    }

    /** As where a full disk gets room again because the writer gives up what it kept. */
    @Test
    void whatCameSinceTheLastCommitIsWrittenOnceThereIsRoom() throws RecordingException, IOException {
        int failures = 0;
        for (long bytes = STEP; ; bytes += STEP) {
            Path file = folder.resolve(bytes + ".retro");
            boolean failed = writeWithRoomAfterAFailure(file, String.valueOf(bytes));
            assertKept(file, EVENTS.size());
            if (!failed) {
                break;
            }
            failures++;
        }
        assertThat(failures).isGreaterThan(20);
    }

    /** False if nothing failed. */
    private static boolean writeWithRoomAfterAFailure(Path file, String bytes) throws RecordingException, IOException {
        try (RecordingWriter writer = RecordingWriter.create(file, 1, true)) {
            Recordings.fill(writer);
            limit(bytes);
            boolean failed = false;
            for (int at = 0; at < EVENTS.size(); at += COMMIT_EVERY) {
                try {
                    writeSome(writer, at);
                } catch (RecordingException full) {
                    failed = true;
                    limit(UNLIMITED);
                    writer.startAgain();
                    writeSome(writer, at);
                }
            }
            limit(UNLIMITED);
            return failed;
        }
    }

    /** A commit's worth of the log. */
    private static void writeSome(RecordingWriter writer, int at) throws RecordingException {
        long last = Recordings.append(writer, EVENTS.subList(at, at + COMMIT_EVERY), 64);
        writer.reached(writer.wanted(), last);
        writer.commit();
    }

    private static Outcome write(Path file, String before, String atTheEnd, boolean hasRows) throws IOException {
        int committed = -1;
        limit(before);
        try (RecordingWriter writer = RecordingWriter.create(file, 1, hasRows)) {
            Recordings.fill(writer);
            committed = 0;
            for (int at = 0; at < EVENTS.size(); at += COMMIT_EVERY) {
                writeSome(writer, at);
                committed = at + COMMIT_EVERY;
            }
            limit(atTheEnd);
            writer.finish();
            return new Outcome(committed, null);
        } catch (RecordingException e) {
            return new Outcome(committed, e);
        }
    }

    /** More than was committed may be there: the write may have failed behind the last one that mattered. */
    private static void assertKept(Path file, int committed) throws RecordingException, IOException {
        List<TraceEvent> events = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(file)) {
            reader.<RuntimeException>events(Long.MIN_VALUE, events::add);
            assertThat(reader.integrity()).isEmpty();
        } catch (RecordingException e) {
            assertThat(committed).as(e.getMessage()).isEqualTo(-1);
            return;
        } finally {
            Files.deleteIfExists(file);
        }
        assertThat(events).hasSizeGreaterThanOrEqualTo(committed).isEqualTo(EVENTS.subList(0, events.size()));
    }

    /** Adding a checkpoint to a finished recording: whichever write fails, the recording and the checkpoints before are there. */
    @Test
    void aCheckpointThatCannotBeWrittenHarmsNothing() throws RecordingException, IOException {
        int failures = 0;
        Path file = folder.resolve("a.retro");
        for (long more = 0; ; more += STEP) {
            Recordings.withCheckpoints(file, EVENTS, 50, 100);
            RecordingException failure = addCheckpoint(file, String.valueOf(more));
            List<TraceEvent> events = new ArrayList<>();
            try (RecordingReader reader = RecordingReader.open(file)) {
                reader.<RuntimeException>events(Long.MIN_VALUE, events::add);
                assertThat(events).isEqualTo(EVENTS);
                assertThat(reader.integrity()).isEmpty();
                Checkpoints left = Checkpoints.of(reader);
                assertThat(left.complaint()).isEmpty();
                assertThat(left.states()).hasSize(failure == null ? 3 : 2);
            }
            Files.delete(file);
            if (failure == null) {
                break;
            }
            failures++;
        }
        assertThat(failures).isGreaterThan(5);
    }

    private static RecordingException addCheckpoint(Path file, String bytes) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.open(file).orElseThrow()) {
            limit(bytes);
            writer.begin(3, Recordings.checkpoint(EVENTS, 150));
            for (int frame = 0; frame < 40; frame++) {
                writer.page(40 + frame, Recordings.page(1000 + frame));
            }
            writer.end();
            return null;
        } catch (RecordingException e) {
            return e;
        } finally {
            limit(UNLIMITED);
        }
    }

    @Test
    void aFileThatCannotBeMadeLeavesNothing() throws RecordingException, IOException {
        Recordings.whole(folder.resolve("whole.retro"), EVENTS);
        Path file = folder.resolve("a.retro");
        Outcome outcome = write(file, "20000", UNLIMITED, true);
        limit(UNLIMITED);
        assertThat(outcome.failure).hasMessageStartingWith(file + ": cannot be made");
        assertThat(folder.toFile().list()).containsExactly("whole.retro");
        assertThat(write(file, UNLIMITED, UNLIMITED, true).committed).isEqualTo(EVENTS.size());
    }
}
