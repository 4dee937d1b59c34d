// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventTable;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** A thread with a recording of its own, which it opens when it is first asked. Questions are answered one after another. */
final class ReaderThread implements AutoCloseable {
    /** What is to be done with the recording. */
    interface Question {
        void ask(RecordingReader recording, EventTable table) throws RecordingException;
    }

    private final Path file;
    private final Consumer<RecordingException> failed;
    private final ExecutorService thread;
    private RecordingReader recording;
    private EventTable table;

    /** {@code failed} is told on this thread. */
    ReaderThread(Path file, String name, Consumer<RecordingException> failed) {
        this.file = file;
        this.failed = failed;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "Retrovisor " + name + " " + file.getFileName());
            made.setDaemon(true);
            return made;
        });
    }

    /** Once closed, nothing is asked any more. */
    void ask(Question question) {
        try {
            thread.execute(() -> answer(question));
        } catch (RejectedExecutionException e) {
            // closed meanwhile: nobody waits for the answer
        }
    }

    private void answer(Question question) {
        try {
            if (recording == null) {
                recording = Recordings.open(file);
                table = new EventTable(recording);
            }
            question.ask(recording, table);
        } catch (RecordingException e) {
            failed.accept(e);
        }
    }

    private void closeRecording() {
        if (recording != null) {
            recording.close();
        }
    }

    @Override
    public void close() {
        try {
            thread.execute(this::closeRecording);
        } catch (RejectedExecutionException e) {
            return; // closed before
        }
        thread.shutdown();
    }
}
