// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.nio.file.Path;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorSite;
import org.eclipse.ui.IURIEditorInput;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.part.EditorPart;
import org.eclipse.ui.statushandlers.StatusManager;

/** What opens when a recording's file is opened: it says what the file is, and shows its events in the view. */
public final class RecordingEditor extends EditorPart {
    public static final String ID = "dev.retrovisor.recordingEditor";

    private Path file;

    @Override
    public void init(IEditorSite site, IEditorInput input) throws PartInitException {
        setSite(site);
        setInput(input);
        setPartName(input.getName());
        if (!(input instanceof IURIEditorInput located)
                || !"file".equals(located.getURI().getScheme())) {
            throw new PartInitException(input.getName() + ": is no local file (expected: a recording on this machine)");
        }
        file = Path.of(located.getURI());
    }

    @Override
    public void createPartControl(Composite parent) {
        parent.setLayout(new GridLayout());
        new Label(parent, SWT.NONE).setText(file.toString());
        Link link = new Link(parent, SWT.NONE);
        link.setText("A recording of Retrovisor. Its events are in the view <a>Recorded I/O</a>.");
        link.addListener(SWT.Selection, event -> show());
        parent.getDisplay().asyncExec(this::show);
    }

    private void show() {
        try {
            RecordedIoView.show(getSite().getPage(), file);
        } catch (PartInitException e) {
            IStatus status = Status.error("The view Recorded I/O cannot be opened: " + e.getMessage(), e);
            StatusManager.getManager().handle(status, StatusManager.SHOW);
        }
    }

    @Override
    public void setFocus() {
        // nothing to type into
    }

    @Override
    public void doSave(IProgressMonitor monitor) {
        // never dirty
    }

    @Override
    public void doSaveAs() {
        // not allowed
    }

    @Override
    public boolean isDirty() {
        return false;
    }

    @Override
    public boolean isSaveAsAllowed() {
        return false;
    }
}
