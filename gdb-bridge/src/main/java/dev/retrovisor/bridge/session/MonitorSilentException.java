// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import java.time.Duration;

/** A link that opened, with no monitor that answers at its other end. */
public final class MonitorSilentException extends Exception {
    private static final long serialVersionUID = 1L;

    MonitorSilentException(String link, Duration waited, int bytesReceived) {
        super(link + ": " + heard(bytesReceived) + " within " + waited.toSeconds() + " s; " + whatToDo(bytesReceived));
    }

    private static String heard(int bytes) {
        return bytes == 0 ? "no answer" : bytes + " bytes, and no answer among them,";
    }

    private static String whatToDo(int bytes) {
        return bytes == 0
                ? "check that the target is on, that the monitor uses this port, and the (null-modem) cable"
                : "check that both ends run at the same speed";
    }
}
