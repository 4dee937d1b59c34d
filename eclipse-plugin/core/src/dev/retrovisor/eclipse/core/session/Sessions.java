// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The sessions of this Eclipse. Any thread may call. */
public final class Sessions {
    /** Told on any thread. */
    public interface Listener {
        void opened(Session session);

        void closed(Session session);
    }

    private static final List<Session> ACTIVE = new CopyOnWriteArrayList<>();
    private static final List<Listener> LISTENERS = new CopyOnWriteArrayList<>();

    private Sessions() {}

    /** Those that are not terminated, the oldest first. */
    public static List<Session> active() {
        return List.copyOf(ACTIVE);
    }

    /** The newest that is not terminated. */
    public static Optional<Session> newest() {
        List<Session> all = active();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    public static void addListener(Listener listener) {
        LISTENERS.add(listener);
    }

    public static void removeListener(Listener listener) {
        LISTENERS.remove(listener);
    }

    static void add(Session session) {
        ACTIVE.add(session);
        LISTENERS.forEach(listener -> listener.opened(session));
    }

    static void remove(Session session) {
        if (ACTIVE.remove(session)) {
            LISTENERS.forEach(listener -> listener.closed(session));
        }
    }
}
