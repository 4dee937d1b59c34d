// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.RecordingSummary;
import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.core.Settings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.io.RecordedIoView;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.ICoreRunnable;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IDebugEventSetListener;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.DirectoryDialog;
import org.eclipse.ui.IMemento;
import org.eclipse.ui.IViewSite;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.part.ViewPart;
import org.eclipse.ui.statushandlers.StatusManager;

/** The recordings in a folder, which the user chooses: at first that of the preferences. */
public final class RecordingsView extends ViewPart {
    public static final String ID = "dev.retrovisor.recordings";

    private static final String FOLDER = "folder";

    private TableViewer table;
    private Path folder = Settings.recordings();

    @Override
    public void init(IViewSite site, IMemento memento) throws PartInitException {
        super.init(site, memento);
        if (memento != null && memento.getString(FOLDER) != null) {
            folder = Path.of(memento.getString(FOLDER));
        }
    }

    @Override
    public void saveState(IMemento memento) {
        memento.putString(FOLDER, folder.toString());
    }

    @Override
    public void createPartControl(Composite parent) {
        table = new TableViewer(parent, SWT.FULL_SELECTION | SWT.BORDER);
        table.getTable().setHeaderVisible(true);
        column("File", 220, summary -> String.valueOf(summary.file().getFileName()));
        column("Guest", 140, RecordingSummary::guest);
        column("KB", 80, summary -> String.valueOf((summary.bytes() + 1023) / 1024));
        column("Ends at", 120, summary -> summary.isReadable() ? "@" + summary.lastInstant() : "");
        column("Events", 90, summary -> summary.isReadable() ? String.valueOf(summary.events()) : "");
        column("State", 320, RecordingsView::state);
        table.setContentProvider(ArrayContentProvider.getInstance());
        table.addDoubleClickListener(event -> openSelected());
        getSite().setSelectionProvider(table);
        IToolBarManager tools = getViewSite().getActionBars().getToolBarManager();
        tools.add(action("Refresh", this::refresh));
        tools.add(action("Folder...", this::chooseFolder));
        new RecordingActions(table, () -> folder, this::refresh).addTo(tools);
        followSessions();
        refresh();
    }

    /** There is another file when a session has begun; it is whole when its process has ended. */
    private void followSessions() {
        UiThread thread = new UiThread(table.getTable());
        Sessions.Listener sessions = new Sessions.Listener() {
            @Override
            public void opened(Session session) {
                thread.later(RecordingsView.this::refresh);
            }

            @Override
            public void closed(Session session) {
                // its process ends a little later
            }
        };
        IDebugEventSetListener launches = events -> {
            if (Arrays.stream(events)
                    .anyMatch(event ->
                            event.getKind() == DebugEvent.TERMINATE && event.getSource() instanceof IProcess)) {
                thread.later(this::refresh);
            }
        };
        Sessions.addListener(sessions);
        DebugPlugin.getDefault().addDebugEventListener(launches);
        table.getTable().addDisposeListener(event -> {
            Sessions.removeListener(sessions);
            DebugPlugin.getDefault().removeDebugEventListener(launches);
        });
    }

    private static String state(RecordingSummary summary) {
        return Launches.writing(summary.file()).isPresent() ? "being recorded" : summary.state();
    }

    private void column(String title, int width, Function<RecordingSummary, String> text) {
        TableViewerColumn column = new TableViewerColumn(table, SWT.NONE);
        column.getColumn().setText(title);
        column.getColumn().setWidth(width);
        column.setLabelProvider(ColumnLabelProvider.createTextProvider(
                element -> element instanceof RecordingSummary summary ? text.apply(summary) : ""));
    }

    private static IAction action(String text, Runnable what) {
        return new Action(text) {
            @Override
            public void run() {
                what.run();
            }
        };
    }

    private void openSelected() {
        if (table.getStructuredSelection().getFirstElement() instanceof RecordingSummary summary) {
            try {
                RecordedIoView.show(getSite().getPage(), summary.file());
            } catch (PartInitException e) {
                StatusManager.getManager().handle(e.getStatus(), StatusManager.SHOW);
            }
        }
    }

    private void chooseFolder() {
        DirectoryDialog dialog = new DirectoryDialog(getSite().getShell());
        dialog.setFilterPath(folder.toString());
        String chosen = dialog.open();
        if (chosen != null) {
            show(Path.of(chosen));
        }
    }

    /** Shows the recordings in another folder. */
    public void show(Path other) {
        folder = other;
        refresh();
    }

    /** Reads the folder beside the user interface's thread, and shows what is there then. */
    public void refresh() {
        Path wanted = folder;
        setContentDescription(wanted.toString());
        Job.create("Reading " + wanted, (ICoreRunnable) monitor -> {
                    try {
                        List<RecordingSummary> found = Recordings.in(wanted);
                        getSite().getShell().getDisplay().asyncExec(() -> fill(wanted, found));
                    } catch (IOException e) {
                        throw new CoreException(Status.error(wanted + ": cannot be read: " + e.getMessage(), e));
                    }
                })
                .schedule();
    }

    private Set<Path> selected() {
        return table.getStructuredSelection().stream()
                .map(element -> ((RecordingSummary) element).file())
                .collect(Collectors.toSet());
    }

    private void fill(Path from, List<RecordingSummary> found) {
        if (from.equals(folder) && !table.getTable().isDisposed()) {
            Set<Path> before = selected();
            table.setInput(found);
            table.setSelection(new StructuredSelection(found.stream()
                    .filter(summary -> before.contains(summary.file()))
                    .toList()));
        }
    }

    @Override
    public void setFocus() {
        table.getTable().setFocus();
    }
}
