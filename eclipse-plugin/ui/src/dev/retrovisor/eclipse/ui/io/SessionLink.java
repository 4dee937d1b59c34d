// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import dev.retrovisor.eclipse.ui.FollowedSession;
import dev.retrovisor.eclipse.ui.UiThread;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.ui.IWorkbenchWindow;

/** Between the view and the sessions: the view goes where the session goes that is followed, and sends a session where the user wants to go. */
final class SessionLink {
    private final RecordedIo io;
    private final IoPane pane;
    private final UiThread thread;

    private record Destination(Path file, long instant) {}

    private Optional<Destination> wanted = Optional.empty();

    SessionLink(IWorkbenchWindow window, RecordedIo io, IoPane pane) {
        this.io = io;
        this.pane = pane;
        this.thread = new UiThread(pane);
        new FollowedSession(window, pane, this::follow).start();
    }

    private void follow(Optional<Session> followed) {
        Optional<Session> session = followed.filter(one -> one.state() != SessionState.TERMINATED);
        pane.banner().show(session);
        pane.strip().setNow(session.map(Session::instant).orElse(OptionalLong.empty()));
        session.filter(shown -> shown.state().isStopped()).ifPresent(this::show);
    }

    private void show(Session session) {
        session.recording().ifPresent(file -> {
            io.openUnlessOpen(file);
            session.instant().ifPresent(io::arrive);
            goWhereWanted(session, file);
        });
    }

    /** Where the user wanted to go when there was no session; another recording's session is not sent there. */
    private void goWhereWanted(Session session, Path file) {
        Optional<Destination> there = wanted;
        wanted = Optional.empty();
        there.filter(one -> one.file().equals(file)).ifPresent(one -> travel(session, one.instant()));
    }

    /** The session that debugs a recording. */
    static Optional<Session> sessionOf(Path file) {
        return Sessions.active().stream()
                .filter(session -> session.recording().filter(file::equals).isPresent())
                .reduce((first, second) -> second);
    }

    /** Sends the recording's session to an instant; false if there is no session. */
    boolean goTo(long instant) {
        Optional<Session> session = io.file().flatMap(SessionLink::sessionOf);
        session.ifPresent(there -> travel(there, instant));
        return session.isPresent();
    }

    /** When there is a session of the recording, it is sent to this instant. */
    void goToLater(Path file, long instant) {
        wanted = Optional.of(new Destination(file, instant));
    }

    private void travel(Session session, long instant) {
        session.goTo(instant).whenComplete((reached, failure) -> {
            if (failure != null) {
                thread.later(() -> io.say(Failure.text(failure)));
            }
        });
    }
}
