// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;

/**
 * A guest whose debugger is gone without a word. Its breakpoints go, too: nobody is there to see them hit. If it ran, it runs
 * on. Owned by the session.
 */
final class Orphan {
    private final Target target;
    private boolean runsOn;

    Orphan(Target target) {
        this.target = target;
    }

    /** The debugger is gone. True if the guest must be stopped for a moment. */
    boolean left() {
        target.breakpoints().abandon();
        boolean hasBreakpoints = !target.breakpoints().stale().isEmpty();
        if (!target.isResumed()) {
            target.removeStale();
            return false;
        }
        runsOn = hasBreakpoints && target.isContinued();
        return hasBreakpoints;
    }

    /** Another debugger is there before the guest has stopped. */
    void adopted() {
        runsOn = false;
    }

    /** The guest that was left running has stopped: at our request, or because of what it did. */
    void stopped(Bytes reply) {
        target.removeStale();
        if (runsOn && reply.startsWith("T02")) {
            target.ask(Command.of("vCont;c", target.state()::stopped));
            target.state().forget();
        }
        runsOn = false;
    }
}
