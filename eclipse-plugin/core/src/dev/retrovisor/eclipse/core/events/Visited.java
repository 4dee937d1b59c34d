// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.events;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The instants that were visited, and where among them we are: as in a browser, a new one drops those that lay ahead. */
public final class Visited {
    private static final int MOST = 200;

    private final List<Long> instants = new ArrayList<>();
    private int at = -1;

    /** We have come to an instant. */
    public void visit(long instant) {
        if (at >= 0 && instants.get(at) == instant) {
            return;
        }
        instants.subList(at + 1, instants.size()).clear();
        instants.add(instant);
        if (instants.size() > MOST) {
            instants.remove(0);
        }
        at = instants.size() - 1;
    }

    public boolean canGoBack() {
        return at > 0;
    }

    public boolean canGoForward() {
        return at + 1 < instants.size();
    }

    /** Where we were before; none at the first. */
    public OptionalLong back() {
        return canGoBack() ? OptionalLong.of(instants.get(--at)) : OptionalLong.empty();
    }

    /** Where we were before we went back; none at the last. */
    public OptionalLong forward() {
        return canGoForward() ? OptionalLong.of(instants.get(++at)) : OptionalLong.empty();
    }
}
