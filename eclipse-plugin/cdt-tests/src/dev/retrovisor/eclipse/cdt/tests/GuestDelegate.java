// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.qemu.BootModule;
import dev.retrovisor.bridge.qemu.MonitorLink;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.server.Serving;
import dev.retrovisor.bridge.session.QemuSession;
import dev.retrovisor.eclipse.core.SourceDebugger;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.model.LaunchConfigurationDelegate;

/** Starts one of our guests under the monitor in QEMU (or uses a session that stands at {@code PORT}), and hands over to CDT. */
public final class GuestDelegate extends LaunchConfigurationDelegate {
    static final Path HOME = Path.of(System.getProperty("retrovisor.home"));
    static final String GUEST = "guest";
    static final String PORT = "port";
    static final String RECORD = "record";

    @Override
    public ILaunch getLaunch(ILaunchConfiguration configuration, String mode) throws CoreException {
        return SourceDebugger.contributed().orElseThrow().getLaunch(configuration, mode);
    }

    @Override
    public void launch(ILaunchConfiguration configuration, String mode, ILaunch launch, IProgressMonitor monitor)
            throws CoreException {
        Path elf = elf(configuration.getAttribute(GUEST, ""));
        int port = configuration.getAttribute(PORT, 0);
        launch.setAttribute(SourceDebugger.SYMBOLS, elf.toString());
        launch.setAttribute(
                SourceDebugger.PORT, Integer.toString(port != 0 ? port : start(configuration, elf, launch)));
        SourceDebugger.contributed().orElseThrow().launch(configuration, mode, launch, monitor);
    }

    static Path elf(String guest) {
        return HOME.resolve("stub-monitor/build/guests/" + guest + ".elf");
    }

    private static int start(ILaunchConfiguration configuration, Path elf, ILaunch launch) throws CoreException {
        MonitorOptions options =
                new MonitorOptions(MonitorLink.VIRTIO, 0, false, configuration.getAttribute(RECORD, true));
        QemuSettings settings = new QemuSettings(
                "qemu-system-x86_64",
                128,
                true,
                HOME.resolve("stub-monitor/build/monitor.bin"),
                options,
                "null",
                List.of(new BootModule(elf, "")),
                List.of());
        try {
            QemuSession session =
                    QemuSession.start(settings, Serving.on(LinkListener.onLoopback(0)), (what, soFar) -> {});
            launch.addProcess(new SessionProcess(launch, session));
            return session.port();
        } catch (Exception e) {
            throw new CoreException(Status.error("the guest does not start: " + e.getMessage(), e));
        }
    }
}
