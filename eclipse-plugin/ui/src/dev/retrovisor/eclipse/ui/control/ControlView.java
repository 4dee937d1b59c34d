// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.ui.FollowedSession;
import dev.retrovisor.eclipse.ui.UiThread;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.part.ViewPart;

/** The session that is selected in the Debug view, or the newest: where it is, its registers, a piece of its memory, and all ways to move it. */
public final class ControlView extends ViewPart {
    public static final String ID = "dev.retrovisor.control";

    private static final String LED =
            "A debugger with sources is in control: step and run in the Debug view (F5, and Shift+F5 back); journeys can be made here as well.";

    private FollowedSession followed;
    private SessionActions actions;
    private UiThread thread;
    private Label where;
    private Label complaint;
    private RegisterTable registers;
    private MemoryPane memory;

    @Override
    public void createPartControl(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(1, false));
        thread = new UiThread(area);
        where = line(area);
        complaint = line(area);
        SashForm sash = new SashForm(area, SWT.HORIZONTAL);
        sash.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        registers = new RegisterTable(sash, this::write);
        memory = new MemoryPane(sash, () -> refresh(followed.get()));
        sash.setWeights(2, 3);
        followed = new FollowedSession(getSite().getWorkbenchWindow(), area, this::refresh);
        actions =
                new SessionActions(followed::get, this::trouble, () -> getSite().getShell());
        actions.addTo(getViewSite().getActionBars().getToolBarManager());
        followed.start();
    }

    private static Label line(Composite area) {
        Label label = new Label(area, SWT.NONE);
        label.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        return label;
    }

    private void refresh(Optional<Session> session) {
        actions.enable(session);
        complaint.setText(session.filter(Session::isLed).isPresent() ? LED : "");
        where.setText(session.map(ControlView::describe).orElse("no session: debug a kernel or a recording"));
        session.filter(one -> one.state().isStopped()).ifPresent(this::showState);
        if (session.isEmpty()) {
            registers.show(List.of());
            memory.clear();
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

    /** What is asked now is shown when it comes, unless another session is followed by then. */
    private void showState(Session session) {
        session.registers()
                .whenComplete((all, failure) -> thread.later(() -> {
                    if (failure != null) {
                        trouble(failure);
                    } else if (followed.get().filter(one -> one == session).isPresent()) {
                        registers.show(all);
                        memory.show(session, all, this::trouble);
                    }
                }));
    }

    private void write(Register register, String text) {
        Optional<BigInteger> value = Register.parse(text);
        if (value.isEmpty()) {
            complaint.setText(register.name() + ": " + text + " is no number (expected: such as 0x1000 or 4096)");
            return;
        }
        followed.get().ifPresent(session -> session.writeRegister(register.name(), value.get())
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        trouble(failure);
                    }
                }));
    }

    /** Any thread may call. */
    private void trouble(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        thread.later(() -> complaint.setText(String.valueOf(cause.getMessage()).replace('\n', ' ')));
    }

    @Override
    public void setFocus() {
        registers.table().setFocus();
    }
}
