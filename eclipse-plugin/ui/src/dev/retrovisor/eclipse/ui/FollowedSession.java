// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.SourceDebugger;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.contexts.DebugContextEvent;
import org.eclipse.debug.ui.contexts.IDebugContextListener;
import org.eclipse.debug.ui.contexts.IDebugContextService;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.IWorkbenchWindow;

/** The session that a view follows: the one that is selected in the Debug view, or the newest. */
public final class FollowedSession implements Sessions.Listener, Session.Listener, IDebugContextListener {
    private final Control view;
    private final IDebugContextService contexts;
    private final Consumer<Optional<Session>> told;
    private Optional<Session> session = Optional.empty();

    /** {@code told}, on the user interface's thread and as long as {@code view} is there: another session, or its state or place is another. */
    public FollowedSession(IWorkbenchWindow window, Control view, Consumer<Optional<Session>> told) {
        this.view = view;
        this.told = told;
        contexts = DebugUITools.getDebugContextManager().getContextService(window);
    }

    /** Begins, with the newest session. */
    public void start() {
        view.addDisposeListener(event -> stop());
        Sessions.addListener(this);
        contexts.addDebugContextListener(this);
        follow(selected(contexts.getActiveContext()).or(Sessions::newest));
    }

    private void stop() {
        Sessions.removeListener(this);
        contexts.removeDebugContextListener(this);
        session.ifPresent(one -> one.removeListener(this));
    }

    /** Empty: there is none. */
    public Optional<Session> get() {
        return session;
    }

    private void follow(Optional<Session> other) {
        session.ifPresent(one -> one.removeListener(this));
        session = other;
        session.ifPresent(one -> one.addListener(this));
        told.accept(session);
    }

    @Override
    public void opened(Session opened) {
        later(() -> follow(Sessions.newest()));
    }

    @Override
    public void closed(Session closed) {
        later(() -> {
            if (session.filter(one -> one == closed).isPresent()) {
                follow(Sessions.newest());
            }
        });
    }

    @Override
    public void changed(Session changed) {
        later(() -> {
            if (session.filter(one -> one == changed).isPresent()) {
                told.accept(session);
            }
        });
    }

    @Override
    public void debugContextChanged(DebugContextEvent event) {
        selected(event.getContext())
                .filter(chosen -> session.filter(one -> one == chosen).isEmpty())
                .ifPresent(chosen -> follow(Optional.of(chosen)));
    }

    private static Optional<Session> selected(Object context) {
        Object element = context instanceof IStructuredSelection list ? list.getFirstElement() : null;
        return Optional.ofNullable(Adapters.adapt(element, Session.class))
                .or(() -> ofLaunch(Adapters.adapt(element, ILaunch.class)))
                .filter(Sessions.active()::contains);
    }

    /** Where a debugger with sources is in control, its elements know their launch, which knows the port. */
    private static Optional<Session> ofLaunch(ILaunch launch) {
        String port = launch == null ? null : launch.getAttribute(SourceDebugger.PORT);
        return Sessions.active().stream()
                .filter(one -> String.valueOf(one.port()).equals(port))
                .findFirst();
    }

    private void later(Runnable what) {
        if (!view.isDisposed()) {
            view.getDisplay().asyncExec(() -> {
                if (!view.isDisposed()) {
                    what.run();
                }
            });
        }
    }
}
