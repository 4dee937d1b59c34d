// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.cdt.dsf.concurrent.RequestMonitorWithProgress;
import org.eclipse.cdt.dsf.concurrent.Sequence;
import org.eclipse.cdt.dsf.gdb.IGDBLaunchConfigurationConstants;
import org.eclipse.cdt.dsf.gdb.service.extensions.GDBControl_HEAD;
import org.eclipse.cdt.dsf.mi.service.command.CommandFactory;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.debug.core.ILaunchConfiguration;

/** Commands to gdb; begins with a launch sequence of ours. */
final class Control extends GDBControl_HEAD {
    Control(DsfSession session, ILaunchConfiguration configuration, CommandFactory factory) {
        super(session, configuration, factory);
    }

    @Override
    protected Sequence getCompleteInitializationSequence(
            Map<String, Object> attributes, RequestMonitorWithProgress done) {
        Map<String, Object> allStop = new HashMap<>(attributes);
        allStop.put(IGDBLaunchConfigurationConstants.ATTR_DEBUGGER_NON_STOP, false);
        return new ConnectSequence(getSession(), allStop, done);
    }
}
