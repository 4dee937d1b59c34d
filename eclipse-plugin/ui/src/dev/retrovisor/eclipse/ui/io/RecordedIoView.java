// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.IMemento;
import org.eclipse.ui.IViewSite;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.part.ViewPart;

/** The events of a recording. */
public final class RecordedIoView extends ViewPart {
    public static final String ID = "dev.retrovisor.recordedIo";

    private static final String FILE = "file";

    private Optional<Path> remembered = Optional.empty();
    private IoPane pane;
    private RecordedIo io;

    /** Shows a recording in the view, which is opened if need be. */
    public static RecordedIoView show(IWorkbenchPage page, Path file) throws PartInitException {
        RecordedIoView view = (RecordedIoView) page.showView(ID);
        view.io.open(file);
        return view;
    }

    @Override
    public void init(IViewSite site, IMemento memento) throws PartInitException {
        super.init(site, memento);
        remembered = Optional.ofNullable(memento)
                .map(kept -> kept.getString(FILE))
                .map(Path::of)
                .filter(file -> file.toFile().isFile());
    }

    @Override
    public void saveState(IMemento memento) {
        io.file().ifPresent(file -> memento.putString(FILE, file.toString()));
    }

    @Override
    public void createPartControl(Composite parent) {
        pane = new IoPane(parent, this::setContentDescription);
        setContentDescription("No recording: open one here, in the view Recordings, or by a double-click on its file");
        io = new RecordedIo(pane);
        IoActions actions = new IoActions(
                getSite().getShell(), io, pane, new SessionLink(getSite().getWorkbenchWindow(), io, pane));
        actions.contribute(getViewSite().getActionBars());
        io.onChange(actions::update);
        remembered.ifPresent(io::open);
    }

    @Override
    public void setFocus() {
        pane.grid().setFocus();
    }

    /** The recording that is shown. */
    public Optional<Path> file() {
        return io.file();
    }

    /** The instant that is looked at. */
    public OptionalLong instant() {
        return io.instant();
    }

    /** Shows the events at an instant. */
    public void visit(long instant) {
        io.visit(instant);
    }

    /** Goes back to the instant that was visited before. */
    public void back() {
        io.back();
    }

    /** Keeps a note at the instant that is looked at, in the recording. */
    public void addBookmark(String text) {
        io.instant().ifPresent(at -> io.addNote(at, text));
    }

    /** Begins to write the events that the filter selects: {@code csv}, {@code json} for Perfetto, or {@code pcap}. */
    public Job export(String suffix, Path out) {
        ExportJob job = new ExportJob(io.file().orElseThrow(), io.filter(), ExportForm.of(suffix), out);
        job.schedule();
        return job;
    }
}
