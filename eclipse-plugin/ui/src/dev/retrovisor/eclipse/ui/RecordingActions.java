// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.RecordingSummary;
import dev.retrovisor.eclipse.core.launch.BridgeCommand;
import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.statushandlers.StatusManager;

/** What is done with the recording that is selected. */
final class RecordingActions {
    private final TableViewer table;
    private final Runnable refresh;
    private final UiThread thread;

    RecordingActions(TableViewer table, Runnable refresh) {
        this.table = table;
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

    /** Opens the launch configurations: a guest is recorded into a file as the tab Recording says. */
    private void record() {
        DebugUITools.openLaunchConfigurationDialogOnGroup(
                shell(), new StructuredSelection(), IDebugUIConstants.ID_DEBUG_LAUNCH_GROUP);
        refresh.run();
    }

    /** Ends the launch that writes it. */
    private void stop(Path file) {
        try {
            for (ILaunch launch : DebugPlugin.getDefault().getLaunchManager().getLaunches()) {
                if (writes(launch, file) && launch.canTerminate()) {
                    launch.terminate();
                    return;
                }
            }
            MessageDialog.openInformation(shell(), "Stop", file + " is not being recorded.");
        } catch (CoreException e) {
            StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
        }
    }

    private static boolean writes(ILaunch launch, Path file) throws CoreException {
        return launch.getLaunchConfiguration() != null
                && launch.getLaunchConfiguration().getType().getIdentifier().equals(LaunchSettings.TYPE)
                && LaunchSettings.of(launch.getLaunchConfiguration())
                        .recording()
                        .filter(file::equals)
                        .isPresent();
    }

    private void verify(Path file) {
        Job.create("Verifying " + file, monitor -> {
                    BridgeCommand.Result result = BridgeCommand.verify(file, monitor);
                    thread.later(() -> tell(file, result));
                    return monitor.isCanceled() ? Status.CANCEL_STATUS : Status.OK_STATUS;
                })
                .schedule();
    }

    private void tell(Path file, BridgeCommand.Result result) {
        if (result.code() == 0) {
            MessageDialog.openInformation(shell(), "Verify " + file.getFileName(), result.text());
        } else {
            MessageDialog.openError(shell(), "Verify " + file.getFileName(), result.text());
        }
    }

    private void delete(Path file) {
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
