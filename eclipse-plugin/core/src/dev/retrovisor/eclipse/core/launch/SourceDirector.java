// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import org.eclipse.debug.core.sourcelookup.AbstractSourceLookupDirector;

/** What the tab Source shows and keeps. A debugger with sources reads what was kept; it looks for the files itself, so there is nobody to ask here. */
public final class SourceDirector extends AbstractSourceLookupDirector {
    @Override
    public void initializeParticipants() {
        // without a debugger with sources a frame has no source
    }
}
