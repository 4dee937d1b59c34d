// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

/** An open link that can carry no more bytes. */
public final class LinkLostException extends Exception {
    private static final long serialVersionUID = 1L;

    public LinkLostException(String link, String why) {
        super(link + ": " + why);
    }
}
