// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import org.eclipse.cdt.dsf.gdb.service.SessionType;
import org.eclipse.cdt.dsf.gdb.service.extensions.GDBBackend_HEAD;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.debug.core.ILaunchConfiguration;

/** gdb of a remote target, whatever the launch configuration says: ours knows no start modes. */
final class Backend extends GDBBackend_HEAD {
    Backend(DsfSession session, ILaunchConfiguration configuration) {
        super(session, configuration);
    }

    @Override
    public SessionType getSessionType() {
        return SessionType.REMOTE;
    }

    @Override
    public boolean getIsAttachSession() {
        return false;
    }
}
