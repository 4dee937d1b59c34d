// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

/** The monitor does not give what was asked for. One line. */
public class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
