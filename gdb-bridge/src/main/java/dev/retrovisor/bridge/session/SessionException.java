// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

/** A session that failed; the message is one line. */
public final class SessionException extends Exception {
    private static final long serialVersionUID = 1L;

    public SessionException(String message) {
        super(message);
    }
}
