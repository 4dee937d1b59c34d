// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

/** A link that cannot be opened; the message is one line and ends with what to do. */
public final class LinkOpenException extends Exception {
    private static final long serialVersionUID = 1L;

    public LinkOpenException(String link, String why, String whatToDo) {
        super(link + ": " + why + "; " + whatToDo);
    }
}
