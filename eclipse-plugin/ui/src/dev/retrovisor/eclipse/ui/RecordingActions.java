// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.RecordingSummary;
import dev.retrovisor.eclipse.core.launch.BridgeCommand;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.statushandlers.StatusManager;

/** What is done with the recording that is selected. */
final class RecordingActions {
    private final TableViewer table;
    private final Supplier<Path> folder;
    private final Runnable refresh;
    private final UiThread thread;

    RecordingActions(TableViewer table, Supplier<Path> folder, Runnable refresh) {
        this.table = table;
        this.folder = folder;
        this.refresh = refresh;
        this.thread = new UiThread(table.getTable());
    }

    void addTo(IToolBarManager tools) {
        tools.add(action("Record...", this::record));
        tools.add(onSelected("Stop", this::stop));
        tools.add(onSelected("Replay", Launches::debug));
        tools.add(onSelected("Verify", this::verify));
        tools.add(onSelected("Delete", this::delete));
    }

    private Shell shell() {
        return table.getTable().getShell();
    }

    private static Action action(String name, Runnable what) {
        return new Action(name) {
            @Override
            public void run() {
                what.run();
            }
        };
    }

    /** Enabled while a recording is selected. */
    private Action onSelected(String name, Consumer<Path> what) {
        Action action = action(name, () -> selected().ifPresent(what));
        action.setEnabled(false);
        table.addSelectionChangedListener(event -> action.setEnabled(selected().isPresent()));
        return action;
    }

    private Optional<Path> selected() {
        return table.getStructuredSelection().getFirstElement() instanceof RecordingSummary summary
                ? Optional.of(summary.file())
                : Optional.empty();
    }

    /** Opens the launch configurations, on one that records into a new file of the folder. */
    private void record() {
        try {
            Files.createDirectories(folder.get());
            ILaunchConfiguration made = Launches.recordingInto(folder.get());
            var asMade = made.getAttributes();
            int answer = DebugUITools.openLaunchConfigurationDialogOnGroup(
                    shell(), new StructuredSelection(made), IDebugUIConstants.ID_DEBUG_LAUNCH_GROUP);
            if (answer != Window.OK && made.exists() && made.getAttributes().equals(asMade)) {
                made.delete();
            }
        } catch (CoreException e) {
            StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
        } catch (IOException e) {
            MessageDialog.openError(shell(), "Record", folder.get() + ": the folder cannot be made: " + e.getMessage());
        }
        refresh.run();
    }

    /** Ends the launch that writes it. */
    private void stop(Path file) {
        try {
            Optional<ILaunch> writer = Launches.writing(file);
            if (writer.isPresent()) {
                writer.get().terminate();
            } else {
                MessageDialog.openInformation(shell(), "Stop", file + " is not being recorded.");
            }
        } catch (CoreException e) {
            StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
        }
    }

    private void verify(Path file) {
        Job job = Job.create("Verifying " + file, monitor -> {
            BridgeCommand.Result result = BridgeCommand.verify(file, monitor);
            if (monitor.isCanceled()) {
                return Status.CANCEL_STATUS;
            }
            thread.later(() -> tell(file, result));
            return Status.OK_STATUS;
        });
        job.schedule();
    }

    private void tell(Path file, BridgeCommand.Result result) {
        if (result.code() == 0) {
            MessageDialog.openInformation(shell(), "Verify " + file.getFileName(), result.text());
        } else {
            MessageDialog.openError(shell(), "Verify " + file.getFileName(), result.text());
        }
    }

    private void delete(Path file) {
        Optional<Session> user = Sessions.active().stream()
                .filter(session -> session.recording().filter(file::equals).isPresent())
                .findFirst();
        if (user.isPresent()) {
            String session = user.get().name();
            MessageDialog.openError(
                    shell(),
                    "Delete recording",
                    file + " is in use by the session " + session + ". Terminate it first.");
            return;
        }
        String question = "Delete " + file + "?\nThe recording cannot be brought back.";
        if (!MessageDialog.openQuestion(shell(), "Delete recording", question)) {
            return;
        }
        try {
            Files.delete(file);
        } catch (IOException e) {
            MessageDialog.openError(shell(), "Delete recording", file + ": cannot be deleted: " + e.getMessage());
        }
        refresh.run();
    }
}
