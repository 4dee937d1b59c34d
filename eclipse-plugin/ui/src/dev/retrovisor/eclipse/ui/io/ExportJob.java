// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.OperationCanceledException;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;

/** Exports the events that a filter selects. What was not written to its end is removed. */
final class ExportJob extends Job {
    private static final int PARTS = 1000;

    private final Path recording;
    private final EventFilter filter;
    private final ExportForm form;
    private final Path out;

    ExportJob(Path recording, EventFilter filter, ExportForm form, Path out) {
        super("Exporting " + recording.getFileName() + " to " + out.getFileName());
        this.recording = recording;
        this.filter = filter;
        this.form = form;
        this.out = out;
        setUser(true);
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        boolean isWhole = false;
        try (RecordingReader reader = Recordings.open(recording)) {
            if (Files.exists(out) && Files.isSameFile(out, recording)) {
                isWhole = true; // it stays
                return Status.error(out + ": is the recording itself (expected: another file)");
            }
            write(reader, monitor);
            isWhole = true;
            return Status.OK_STATUS;
        } catch (RecordingException e) {
            return Status.error(e.getMessage(), e);
        } catch (IOException e) {
            return Status.error(out + ": cannot be written: " + e.getMessage(), e);
        } catch (OperationCanceledException e) {
            return Status.CANCEL_STATUS;
        } finally {
            if (!isWhole) {
                remove();
            }
        }
    }

    private void write(RecordingReader reader, IProgressMonitor monitor) throws RecordingException, IOException {
        EventTable table = new EventTable(reader);
        EventSearch events = new EventSearch(reader, table, filter);
        long rows = Math.max(1, table.count());
        long[] told = {0};
        monitor.beginTask(getName(), PARTS);
        events.progress(looked -> {
            if (monitor.isCanceled()) {
                throw new OperationCanceledException();
            }
            long part = looked * PARTS / rows;
            monitor.worked((int) Math.max(0, part - told[0]));
            told[0] = Math.max(told[0], part);
        });
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(out))) {
            form.write(reader, table, events, stream);
        }
    }

    private void remove() {
        try {
            Files.deleteIfExists(out);
        } catch (IOException e) {
            out.toFile().deleteOnExit();
        }
    }
}
