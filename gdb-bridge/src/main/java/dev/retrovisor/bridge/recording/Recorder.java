// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.Inquirer;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingWriter;
import dev.retrovisor.store.format.Rehearsal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One recording on its way into a file: {@link #create}, {@link #begin} with a stopped guest, then the session runs with {@link
 * #inquirer}; {@link #endWithMark} while the session still runs, and {@link #close}.
 */
public final class Recorder implements AutoCloseable {
    /** A mark may have to read all of the guest's memory. */
    private static final long MARK_PATIENCE_MILLIS = 10_000;

    /** A bridge answers at once, or when its own link to the monitor is back. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);

    private static final long PAUSE_NANOS = 2_000_000;

    /** Long enough for Java to compile what matters, and no longer than QEMU takes to start. */
    private static final long REHEARSAL_NANOS = 500_000_000;

    private static final long REHEARSAL_PATIENCE_MILLIS = 3_000;

    /** Told how far the transfer of the guest's memory is, in percent. */
    public interface Watcher {
        void percent(int percent);
    }

    private final Path file;
    private final RecordingWriter writer;
    private StoreThread store;
    private LogStream stream;

    private final Thread rehearsal = new Thread(() -> Rehearsal.run(REHEARSAL_NANOS), "rehearsal");

    private Recorder(Path file, RecordingWriter writer) {
        this.file = file;
        this.writer = writer;
        rehearsal.setDaemon(true);
        rehearsal.start();
    }

    /** Makes the file, with what is known about the recording already. */
    public static Recorder create(Path file, Map<String, String> facts) throws RecordingException {
        RecordingWriter writer = RecordingWriter.create(file);
        boolean made = false;
        try {
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                writer.describe(fact.getKey(), fact.getValue());
            }
            made = true;
            return new Recorder(file, writer);
        } finally {
            if (!made) {
                writer.close();
            }
        }
    }

    /** Fetches machine, CPU and memory; then the guest runs, if it is to, once its log is taken. {@code complaints} is told, once and from another thread, when the recording fails. */
    public void begin(MonitorDialogue monitor, boolean letRun, Watcher watcher, Consumer<String> complaints)
            throws LinkLostException, RecordingException, RefusedException {
        boolean begun = false;
        try {
            long number = BaseTransfer.fetch(
                    monitor, writer, (frame, frames) -> watcher.percent((int) (100 * frame / Math.max(1, frames))));
            begun = true;
            awaitRehearsal();
            store = new StoreThread(writer, complaints);
            stream = new LogStream(number, writer.wanted(), letRun, store);
        } finally {
            if (!begun) {
                writer.discard();
            }
        }
    }

    /** So that the guest does not run before, on a busy host with a bound. */
    private void awaitRehearsal() {
        try {
            rehearsal.join(REHEARSAL_PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever wants this to end is told by what comes next
        }
    }

    /** For the session. */
    public Inquirer inquirer() {
        return stream;
    }

    /**
     * Takes the log from a bridge that somebody else has, as one of its clients, until the recording ends: on the caller's thread, in place of a
     * session with {@link #inquirer}.
     */
    public void follow(MonitorDialogue bridge, Watcher watcher) throws LinkLostException {
        boolean behind = true;
        while (!store.hasEnded()) {
            Optional<String> question = stream.question(System.nanoTime());
            if (question.isPresent()) {
                stream.answer(bridge.ask(question.get(), ANSWER_PATIENCE), System.nanoTime());
                if (behind) {
                    watcher.percent(stream.percent());
                    behind = stream.percent() < 100;
                }
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Waits, with a bound, until the guest's state now and the log up to it are there. */
    public void endWithMark() throws InterruptedException {
        if (stream != null) {
            stream.endWithMark();
            store.awaitEnded(MARK_PATIENCE_MILLIS);
        }
    }

    public Path file() {
        return file;
    }

    /** Writes what is there and closes the file; may be called again. A recording that never began leaves no file. */
    @Override
    public void close() throws InterruptedException {
        if (store != null) {
            store.close();
            return;
        }
        try {
            writer.discard();
        } catch (RecordingException e) {
            writer.close(); // a file without a recording stays, which says so of itself
        }
    }

    /** Why the recording failed, or ended before the session; empty if it did not. */
    public String complaint() {
        return store == null ? "" : store.complaint();
    }
}
