// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.ui.console.TextConsole;

/** What a launch's console shows. */
public final class GuestWords {
    private GuestWords() {}

    /** Empty while there is no console. */
    public static String of(IProcess process) {
        return DebugUITools.getConsole(process) instanceof TextConsole console
                ? console.getDocument().get()
                : "";
    }
}
