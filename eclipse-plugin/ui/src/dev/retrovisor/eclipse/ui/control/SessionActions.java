// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.widgets.Shell;

/** What can be done with a session, each enabled where it can. */
final class SessionActions {
    private record Entry(IAction action, Predicate<Session> enabled) {}

    private final Supplier<Optional<Session>> session;
    private final Consumer<Throwable> trouble;
    private final Supplier<Shell> shell;
    private final List<Entry> entries = new ArrayList<>();

    /** {@code trouble} is told, on any thread, what has failed. */
    SessionActions(Supplier<Optional<Session>> session, Consumer<Throwable> trouble, Supplier<Shell> shell) {
        this.session = session;
        this.trouble = trouble;
        this.shell = shell;
        command("Resume", Session::resume);
        add("Suspend", one -> !one.isLed() && one.state() == SessionState.RUNNING, Session::suspend);
        command("Step", Session::step);
        command("Step Back", Session::reverseStep);
        command("Run Back", Session::reverseContinue);
        add("Go to...", SessionActions::canTravel, this::askWhere);
        journey("Begin", "begin");
        journey("End", "end");
    }

    private static boolean canTravel(Session one) {
        return one.state().isStopped();
    }

    private void command(String name, Function<Session, CompletableFuture<?>> what) {
        add(name, one -> !one.isLed() && canTravel(one), one -> what.apply(one).exceptionally(this::failed));
    }

    private void journey(String name, String where) {
        add(name, SessionActions::canTravel, one -> one.goTo(where).exceptionally(this::failed));
    }

    private <T> T failed(Throwable why) {
        trouble.accept(why);
        return null;
    }

    private void add(String name, Predicate<Session> enabled, Consumer<Session> what) {
        entries.add(new Entry(
                new Action(name) {
                    @Override
                    public void run() {
                        session.get().ifPresent(what);
                    }
                },
                enabled));
    }

    private void askWhere(Session one) {
        String now = one.instant().isPresent() ? String.valueOf(one.instant().getAsLong()) : "";
        InputDialog dialog = new InputDialog(
                shell.get(), "Go to an instant", "Instant, begin or end:", now, SessionActions::complaint);
        if (dialog.open() == Window.OK) {
            String where = dialog.getValue().strip();
            one.goTo(where.matches("[0-9]+") ? "@" + where : where).exceptionally(this::failed);
        }
    }

    private static String complaint(String text) {
        return text.strip().matches("@?[0-9]{1,18}|begin|end") ? null : "Enter a number of instructions, begin or end";
    }

    void addTo(IToolBarManager tools) {
        entries.forEach(entry -> tools.add(entry.action()));
    }

    /** Empty: there is no session. */
    void enable(Optional<Session> followed) {
        entries.forEach(entry ->
                entry.action().setEnabled(followed.filter(entry.enabled()).isPresent()));
    }
}
