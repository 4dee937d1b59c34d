// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.util.concurrent.CompletionException;

/** What an answer failed with. */
final class Failure {
    private Failure() {}

    /** For the user. */
    static String text(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }
}
