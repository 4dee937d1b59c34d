// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.bridge.cli.Main;
import dev.retrovisor.eclipse.core.Recordings;
import dev.retrovisor.eclipse.core.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.core.runtime.IProgressMonitor;

/** A command of the bridge that ends by itself. */
public final class BridgeCommand {
    private static final int SLICE_MILLIS = 100;

    /**
     * What came of it.
     *
     * @param code the exit code; 0 is good
     * @param text what the bridge said
     */
    public record Result(int code, String text) {}

    private BridgeCommand() {}

    /** Replays all of a recording, and compares; takes about as long as the recording. Ends early if {@code monitor} is cancelled. */
    public static Result verify(Path file, IProgressMonitor monitor) {
        return run(
                List.of("verify", file.toString(), "--qemu", Settings.qemu(), "--monitor", Settings.monitor()),
                monitor);
    }

    private static Result run(List<String> command, IProgressMonitor monitor) {
        Recordings.registerDriver();
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> code.complete(Main.run(command.toArray(String[]::new), writer, writer, port -> {})),
                "retrovisor " + command.get(0));
        thread.start();
        while (true) {
            try {
                return new Result(code.get(SLICE_MILLIS, TimeUnit.MILLISECONDS), text.toString());
            } catch (TimeoutException e) {
                if (monitor.isCanceled()) {
                    thread.interrupt();
                }
            } catch (ExecutionException e) {
                return new Result(1, String.valueOf(e.getCause().getMessage()));
            } catch (InterruptedException e) {
                thread.interrupt();
            }
        }
    }
}
