// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.LastWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;

/** Looks for the last write. Cancelling it ends the replay. */
final class WhoWroteJob extends Job {
    private final Path recording;
    private final String address;
    private final int length;
    private final OptionalLong before;
    private final Consumer<LastWriter> taker;

    /** {@code taker} is told on the job's thread. */
    WhoWroteJob(Path recording, String address, int length, OptionalLong before, Consumer<LastWriter> taker) {
        super("Who wrote " + address + " in " + recording.getFileName() + "?");
        this.recording = recording;
        this.address = address;
        this.length = length;
        this.before = before;
        this.taker = taker;
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        LastWriter answer = LastWriter.find(recording, address, length, before);
        if (Thread.interrupted() || monitor.isCanceled()) {
            return Status.CANCEL_STATUS;
        }
        taker.accept(answer);
        return Status.OK_STATUS;
    }

    @Override
    protected void canceling() {
        Thread working = getThread();
        if (working != null) {
            working.interrupt();
        }
    }
}
