// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.bridge.cli.Main;
import dev.retrovisor.eclipse.core.Recordings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.PlatformObject;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.model.IProcess;
import org.eclipse.debug.core.model.IStreamMonitor;
import org.eclipse.debug.core.model.IStreamsProxy;

/** A command of the bridge, on a thread of this JVM, as a part of its launch. Its console has what the bridge and the guest say; what is typed there goes to the guest. */
final class SessionProcess extends PlatformObject implements IProcess, IStreamsProxy {
    private static final long SLICE_MILLIS = 100;

    private final ILaunch launch;
    private final String label;
    private final TextStream output = new TextStream();
    private final TextStream errors = new TextStream();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final Map<String, String> attributes = new ConcurrentHashMap<>();
    private final GuestConsole console;
    private final Thread bridge;
    private volatile int exitCode = -1;
    private volatile boolean ended;
    private final AtomicBoolean endAsked = new AtomicBoolean();

    private SessionProcess(ILaunch launch, LaunchSettings settings) throws IOException {
        this.launch = launch;
        label = settings.name() + (settings.startsQemu() ? " in QEMU" : "");
        console = settings.hasConsole() ? GuestConsole.open(output) : null;
        List<String> command = settings.command(console == null ? "null" : console.words());
        bridge = new Thread(() -> run(command.toArray(String[]::new)), "retrovisor " + command.get(0));
    }

    /** Begins; the process is part of the launch. */
    static SessionProcess start(ILaunch launch, LaunchSettings settings) throws CoreException {
        try {
            SessionProcess process = new SessionProcess(launch, settings);
            launch.addProcess(process);
            process.bridge.start();
            return process;
        } catch (IOException e) {
            throw new CoreException(Status.error("the guest's console: " + e.getMessage(), e));
        }
    }

    private void run(String[] command) {
        Recordings.registerDriver();
        try {
            exitCode = Main.run(command, new PrintWriter(output, true), new PrintWriter(errors, true), port::complete);
        } finally {
            end();
        }
    }

    private void end() {
        if (console != null) {
            console.close();
        }
        ended = true;
        port.completeExceptionally(new IllegalStateException(complaint()));
        fire(DebugEvent.TERMINATE);
    }

    /** What the bridge said last, without its name. */
    private String complaint() {
        return errors.tail()
                .lines()
                .filter(line -> line.startsWith("retrovisor: ") && !line.startsWith("retrovisor: warning: "))
                .reduce((one, next) -> next)
                .map(line -> line.substring("retrovisor: ".length()))
                .orElse("the session ended with exit code " + exitCode);
    }

    /** Waits until debuggers can connect. Ends the session if the user cancels. */
    int awaitPort(IProgressMonitor monitor) throws CoreException {
        while (true) {
            try {
                return port.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                if (monitor.isCanceled()) {
                    terminate();
                    throw new CoreException(Status.CANCEL_STATUS);
                }
            } catch (ExecutionException e) {
                throw new CoreException(Status.error(e.getCause().getMessage(), e.getCause()));
            } catch (InterruptedException e) {
                terminate();
                throw new CoreException(Status.error("interrupted", e));
            }
        }
    }

    private void fire(int kind) {
        DebugPlugin plugin = DebugPlugin.getDefault();
        if (plugin != null) {
            plugin.fireDebugEventSet(new DebugEvent[] {new DebugEvent(this, kind)});
        }
    }

    /**
     * Asks for the end; it has come when {@link #isTerminated}. Once: a launch terminates its target and its process, and a
     * second interrupt would cut off what the first one began, the last of a recording.
     */
    @Override
    public void terminate() {
        if (endAsked.compareAndSet(false, true)) {
            bridge.interrupt();
        }
    }

    @Override
    public String getLabel() {
        return label;
    }

    @Override
    public ILaunch getLaunch() {
        return launch;
    }

    @Override
    public IStreamsProxy getStreamsProxy() {
        return this;
    }

    @Override
    public IStreamMonitor getErrorStreamMonitor() {
        return errors;
    }

    @Override
    public IStreamMonitor getOutputStreamMonitor() {
        return output;
    }

    @Override
    public void write(String input) throws IOException {
        if (console == null) {
            throw new IOException("this target's console is not here");
        }
        console.type(input);
    }

    @Override
    public void setAttribute(String key, String value) {
        attributes.put(key, value);
    }

    @Override
    public String getAttribute(String key) {
        return attributes.get(key);
    }

    @Override
    public int getExitValue() {
        return exitCode;
    }

    @Override
    public boolean canTerminate() {
        return !ended;
    }

    @Override
    public boolean isTerminated() {
        return ended;
    }

    @Override
    public <T> T getAdapter(Class<T> type) {
        return type == ILaunch.class ? type.cast(launch) : super.getAdapter(type);
    }
}
