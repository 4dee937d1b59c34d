// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import org.eclipse.cdt.dsf.gdb.launching.GdbSourceLookupDirector;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.sourcelookup.ISourcePathComputer;

/** Looks where CDT looks by default (among others, at the absolute path) unless the launch configuration says otherwise. */
final class SourceDirector extends GdbSourceLookupDirector {
    private static final String CDT_COMPUTER = "org.eclipse.cdt.debug.core.sourcePathComputer";

    SourceDirector(DsfSession session) {
        super(session);
    }

    @Override
    public ISourcePathComputer getSourcePathComputer() {
        ISourcePathComputer given = super.getSourcePathComputer();
        return given != null
                ? given
                : DebugPlugin.getDefault().getLaunchManager().getSourcePathComputer(CDT_COMPUTER);
    }
}
