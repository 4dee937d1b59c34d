// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child that the kernel kills when this process goes, whatever way it goes. Linux ties a child to the thread that started
 * it, so that thread is one of its own here, and lives as long as the child. The child reads nothing, writes to our standard
 * output, and its error messages go to our log.
 */
final class TiedProcess {
    private static final long GONE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger("qemu");

    private final Process process;
    private final CountDownLatch errorsRead = new CountDownLatch(1);
    private volatile String lastLine = "";

    private TiedProcess(Process process) {
        this.process = process;
    }

    static TiedProcess start(List<String> command) throws IOException {
        CompletableFuture<TiedProcess> started = new CompletableFuture<>();
        Thread parent = new Thread(() -> parent(command, started), "qemu parent");
        parent.setDaemon(true);
        parent.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private static void parent(List<String> command, CompletableFuture<TiedProcess> started) {
        try {
            TiedProcess child = new TiedProcess(builder(command).start());
            started.complete(child);
            child.logErrors();
            child.process.waitFor();
        } catch (IOException e) {
            started.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ProcessBuilder builder(List<String> command) {
        LOG.debug("starting {}", command);
        return new ProcessBuilder(QemuCommand.tied(command))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    }

    private void logErrors() {
        try (BufferedReader errors = process.errorReader()) {
            String line;
            while ((line = errors.readLine()) != null) {
                lastLine = line;
                LOG.debug("{}", line);
            }
        } catch (IOException e) {
            LOG.debug("reading QEMU's messages", e);
        } finally {
            errorsRead.countDown();
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Only after its end. */
    int exitCode() {
        return process.exitValue();
    }

    /** The last line of its error output with a separator before it, or nothing. */
    String lastWords() throws InterruptedException {
        boolean isComplete = errorsRead.await(1, TimeUnit.SECONDS);
        return lastLine.isEmpty() || !isComplete ? "" : ": " + lastLine;
    }

    boolean awaitEnd(long timeout, TimeUnit unit) throws InterruptedException {
        return process.waitFor(timeout, unit);
    }

    /** Returns when it is gone: who ends a session may look for what is left of it. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(GONE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
