// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.contexts.DebugContextEvent;
import org.eclipse.debug.ui.contexts.IDebugContextListener;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.part.ViewPart;

/** The session that is selected in the Debug view, or the newest: where it is, its registers, a piece of its memory, and all ways to move it. */
public final class ControlView extends ViewPart implements Sessions.Listener, Session.Listener, IDebugContextListener {
    public static final String ID = "dev.retrovisor.control";

    private static final int MEMORY_BYTES = 256;

    private final SessionActions actions =
            new SessionActions(this::session, this::trouble, () -> getSite().getShell());
    private Session session;
    private Display display;
    private Label where;
    private Label complaint;
    private RegisterTable registers;
    private Text address;
    private Text memory;

    @Override
    public void createPartControl(Composite parent) {
        display = parent.getDisplay();
        Composite area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(1, false));
        where = line(area);
        complaint = line(area);
        SashForm sash = new SashForm(area, SWT.HORIZONTAL);
        sash.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        registers = new RegisterTable(sash);
        createMemory(sash);
        sash.setWeights(2, 3);
        actions.addTo(getViewSite().getActionBars().getToolBarManager());
        Sessions.addListener(this);
        DebugUITools.getDebugContextManager()
                .getContextService(getSite().getWorkbenchWindow())
                .addDebugContextListener(this);
        follow(Sessions.newest());
    }

    private static Label line(Composite area) {
        Label label = new Label(area, SWT.NONE);
        label.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        return label;
    }

    private void createMemory(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(2, false));
        new Label(area, SWT.NONE).setText("Memory at");
        address = new Text(area, SWT.BORDER | SWT.SEARCH);
        address.setMessage("a linear address, such as 0x100000, or a register");
        address.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        address.addListener(SWT.DefaultSelection, event -> refresh());
        memory = new Text(area, SWT.MULTI | SWT.READ_ONLY | SWT.BORDER | SWT.H_SCROLL | SWT.V_SCROLL);
        memory.setFont(JFaceResources.getTextFont());
        memory.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true, 2, 1));
    }

    private Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    private void follow(Optional<Session> other) {
        if (session != null) {
            session.removeListener(this);
        }
        session = other.orElse(null);
        if (session != null) {
            session.addListener(this);
        }
        refresh();
    }

    @Override
    public void opened(Session opened) {
        later(() -> follow(Optional.of(opened)));
    }

    @Override
    public void closed(Session closed) {
        later(() -> {
            if (closed == session) {
                follow(Sessions.newest());
            }
        });
    }

    @Override
    public void changed(Session changed) {
        later(this::refresh);
    }

    @Override
    public void debugContextChanged(DebugContextEvent event) {
        Object selected = event.getContext() instanceof IStructuredSelection chosen ? chosen.getFirstElement() : null;
        Session chosen = Adapters.adapt(selected, Session.class);
        if (chosen != null && chosen != session) {
            follow(Optional.of(chosen));
        }
    }

    private void later(Runnable what) {
        display.asyncExec(() -> {
            if (!where.isDisposed()) {
                what.run();
            }
        });
    }

    private void refresh() {
        actions.enable(session().map(Session::state));
        complaint.setText("");
        where.setText(session().map(ControlView::describe).orElse("no session: debug a kernel or a recording"));
        if (session != null && session.state().isStopped()) {
            session.registers().thenAccept(all -> later(() -> show(all))).exceptionally(this::troubleWith);
        }
    }

    private static String describe(Session session) {
        StringBuilder text =
                new StringBuilder(session.name() + ": " + session.state().words());
        session.instant().ifPresent(now -> text.append(" at @").append(now));
        session.place().end().ifPresent(end -> text.append(", history @")
                .append(session.place().begin().getAsLong())
                .append(" to @")
                .append(end));
        return text
                + (session.message().isEmpty()
                        ? ""
                        : ". " + session.message().lines().findFirst().orElse(""));
    }

    private void show(List<Register> all) {
        registers.show(all);
        memoryAddress(all).ifPresent(this::showMemory);
    }

    /** A register's value, or a number. */
    private Optional<Long> memoryAddress(List<Register> all) {
        String text = address.getText().strip();
        String value = all.stream()
                .filter(register -> register.name().equals(text))
                .map(Register::value)
                .findFirst()
                .orElse(text);
        if (value.matches("0x[0-9a-fA-F]{1,16}")) {
            return Optional.of(Long.parseUnsignedLong(value.substring(2), 16));
        }
        memory.setText(text.isEmpty() ? "" : text + ": neither an address, such as 0x100000, nor a register");
        return Optional.empty();
    }

    private void showMemory(long at) {
        session.readMemory(at, MEMORY_BYTES)
                .thenAccept(bytes -> later(() -> memory.setText(
                        bytes.length == 0 ? String.format("0x%x: cannot be read", at) : HexDump.of(at, bytes))))
                .exceptionally(this::troubleWith);
    }

    private <T> T troubleWith(Throwable why) {
        trouble(why);
        return null;
    }

    private void trouble(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        later(() -> complaint.setText(String.valueOf(cause.getMessage()).replace('\n', ' ')));
    }

    @Override
    public void setFocus() {
        registers.table().setFocus();
    }

    @Override
    public void dispose() {
        Sessions.removeListener(this);
        if (session != null) {
            session.removeListener(this);
        }
        DebugUITools.getDebugContextManager()
                .getContextService(getSite().getWorkbenchWindow())
                .removeDebugContextListener(this);
        super.dispose();
    }
}
