// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import java.util.Optional;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;

/** A line that says where the session stands; not there without one. */
final class SessionBanner {
    private static final Color BAD = new Color(190, 30, 30);
    private static final Color EDGE = new Color(150, 95, 0);
    private static final Color PLAIN = new Color(40, 100, 160);
    private static final Color TEXT = new Color(255, 255, 255);

    private final CLabel line;
    private final GridData data = new GridData(SWT.FILL, SWT.CENTER, true, false);

    SessionBanner(Composite parent) {
        line = new CLabel(parent, SWT.NONE);
        line.setLayoutData(data);
        data.exclude = true;
        line.setVisible(false);
    }

    void show(Optional<Session> session) {
        session.ifPresent(shown -> {
            line.setText(text(shown));
            line.setForeground(TEXT); // each time: a theme has colours of its own for labels
            line.setBackground(colour(shown.state()));
        });
        if (data.exclude == session.isPresent()) {
            data.exclude = session.isEmpty();
            line.setVisible(session.isPresent());
            line.getParent().layout(true);
        }
    }

    static String text(Session session) {
        String where = session.instant().isPresent() ? " @" + session.instant().getAsLong() : "";
        String why =
                session.state() == SessionState.DIVERGED && !session.message().isBlank()
                        ? ": " + session.message().lines().findFirst().orElse("")
                        : "";
        String file =
                session.recording().isEmpty() ? "; its recording is in no file, so its events are not seen here" : "";
        return session.name() + ": " + session.state().words() + where + why + file;
    }

    private static Color colour(SessionState state) {
        return switch (state) {
            case DIVERGED -> BAD;
            case BEGIN_OF_HISTORY, END_OF_HISTORY -> EDGE;
            default -> PLAIN;
        };
    }
}
