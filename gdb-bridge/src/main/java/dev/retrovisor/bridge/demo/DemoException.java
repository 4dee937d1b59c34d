// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

/** A demonstration that did not show what it is to show; the message is one line. */
public final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
