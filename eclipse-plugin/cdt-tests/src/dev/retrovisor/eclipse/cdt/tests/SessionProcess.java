// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import dev.retrovisor.bridge.session.QemuSession;
import org.eclipse.core.runtime.PlatformObject;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.model.IStreamsProxy;

/** A session in QEMU as a part of its launch. */
final class SessionProcess extends PlatformObject implements IProcess {
    private final ILaunch launch;
    private final QemuSession session;
    private volatile boolean ended;

    SessionProcess(ILaunch launch, QemuSession session) {
        this.launch = launch;
        this.session = session;
    }

    long qemu() {
        return session.pid();
    }

    @Override
    public void terminate() {
        session.close();
        ended = true;
        DebugPlugin.getDefault().fireDebugEventSet(new DebugEvent[] {new DebugEvent(this, DebugEvent.TERMINATE)});
    }

    @Override
    public String getLabel() {
        return "QEMU";
    }

    @Override
    public ILaunch getLaunch() {
        return launch;
    }

    @Override
    public IStreamsProxy getStreamsProxy() {
        return null;
    }

    @Override
    public void setAttribute(String key, String value) {}

    @Override
    public String getAttribute(String key) {
        return null;
    }

    @Override
    public int getExitValue() {
        return 0;
    }

    @Override
    public boolean canTerminate() {
        return !ended;
    }

    @Override
    public boolean isTerminated() {
        return ended;
    }
}
