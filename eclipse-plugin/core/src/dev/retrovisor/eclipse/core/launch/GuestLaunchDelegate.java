// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.GuestImage;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.eclipse.core.SourceDebugger;
import dev.retrovisor.eclipse.core.TimeTravel;
import dev.retrovisor.eclipse.core.session.BridgeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.model.ILaunchConfigurationDelegate2;
import org.eclipse.debug.core.model.LaunchConfigurationDelegate;

/** Starts a session, and debugs it: with CDT where it is installed, else with the platform's Debug view alone. */
public final class GuestLaunchDelegate extends LaunchConfigurationDelegate {
    @Override
    public ILaunch getLaunch(ILaunchConfiguration configuration, String mode) throws CoreException {
        Optional<ILaunchConfigurationDelegate2> debugger = SourceDebugger.contributed();
        return debugger.isPresent()
                ? debugger.get().getLaunch(configuration, mode)
                : super.getLaunch(configuration, mode);
    }

    /** No project has to be built. */
    @Override
    public boolean buildForLaunch(ILaunchConfiguration configuration, String mode, IProgressMonitor monitor) {
        return false;
    }

    @Override
    public void launch(ILaunchConfiguration configuration, String mode, ILaunch launch, IProgressMonitor given)
            throws CoreException {
        IProgressMonitor monitor = given == null ? new NullProgressMonitor() : given;
        LaunchSettings settings =
                LaunchSettings.of(configuration).launched(configuration.getName(), LocalDateTime.now());
        Optional<String> complaint = settings.complaint();
        if (complaint.isPresent()) {
            throw new CoreException(Status.error(complaint.get()));
        }
        makeRoom(launch, settings);
        monitor.beginTask("Starting " + settings.name(), IProgressMonitor.UNKNOWN);
        SessionProcess process = SessionProcess.start(launch, settings);
        boolean launched = false;
        try {
            debug(configuration, mode, launch, monitor, settings, process);
            launched = true;
        } finally {
            if (!launched) {
                process.terminate();
            }
            monitor.done();
        }
    }

    /** The folder of the recording that is written, and a note of that in the launch. */
    private static void makeRoom(ILaunch launch, LaunchSettings settings) throws CoreException {
        Optional<Path> file = settings.recording();
        if (settings.isReplay() || file.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(file.get().toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new CoreException(Status.error(
                    "Recording: the folder of " + file.get() + " cannot be made (" + e.getMessage() + ")", e));
        }
        launch.setAttribute(LaunchSettings.WRITTEN, file.get().toString());
    }

    private static void debug(
            ILaunchConfiguration configuration,
            String mode,
            ILaunch launch,
            IProgressMonitor monitor,
            LaunchSettings settings,
            SessionProcess process)
            throws CoreException {
        int port = process.awaitPort(monitor);
        Optional<ILaunchConfigurationDelegate2> debugger = SourceDebugger.contributed();
        if (debugger.isPresent()) {
            launch.setAttribute(SourceDebugger.PORT, Integer.toString(port));
            settings.symbols()
                    .filter(GuestLaunchDelegate::isElf)
                    .ifPresent(file -> launch.setAttribute(SourceDebugger.SYMBOLS, file.toString()));
            if (!settings.startsStopped()) {
                launch.setAttribute(SourceDebugger.RUNNING, "true");
            }
            debugger.get().launch(configuration, mode, launch, monitor);
            BridgeSession session = open(settings, port);
            session.travelBy(launch.getAdapter(TimeTravel.class));
        } else {
            BridgeSession session = open(settings, port);
            launch.addDebugTarget(MachineTarget.show(launch, process, session));
            if (!settings.startsStopped()) {
                session.resume();
            }
        }
    }

    /** Of a System.map the bridge makes one, which a debugger gets from it. */
    private static boolean isElf(Path file) {
        try {
            GuestImage.checkElf(file);
            return true;
        } catch (GuestImageException e) {
            return false;
        }
    }

    private static BridgeSession open(LaunchSettings settings, int port) throws CoreException {
        try {
            return BridgeSession.open(settings.name(), port, settings.recording());
        } catch (LinkOpenException | LinkLostException e) {
            throw new CoreException(Status.error("the session: " + e.getMessage(), e));
        }
    }
}
