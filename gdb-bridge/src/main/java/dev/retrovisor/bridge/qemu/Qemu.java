// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A running QEMU. Owns the process and its session directory; {@link #close} ends both. */
public final class Qemu implements AutoCloseable {
    private static final String MARK = "retrovisor: ";

    /** How lines begin after which the monitor does no more. */
    private static final List<String> FAILURES = List.of(MARK + "cannot start: ", MARK + "PANIC: ");

    private final TiedProcess process;
    private final SessionDirectory directory;
    private final MonitorLink link;
    private final AtomicReference<LastWork> lastWork = new AtomicReference<>();
    private final Thread onExit = new Thread(this::end, "qemu end");

    private Qemu(TiedProcess process, SessionDirectory directory, MonitorLink link) {
        this.process = process;
        this.link = link;
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /** Starts the machine; {@link #monitor} appears soon after. */
    public static Qemu start(QemuSettings settings) throws QemuException, ProgramMissingException {
        ProgramPath.require(settings.program(), "qemu-system-x86");
        try {
            SessionDirectory directory = SessionDirectory.create();
            QemuSettings named = ModuleNames.withoutSpaces(settings, directory);
            return new Qemu(
                    TiedProcess.start(QemuCommand.of(named, directory)),
                    directory,
                    settings.monitor().link());
        } catch (IOException e) {
            throw new QemuException(settings.program() + " cannot be started: " + e.getMessage());
        }
    }

    /** What is done with the running machine before it is ended from here. */
    public interface LastWork {
        void run() throws InterruptedException;
    }

    /** Done once, on whatever thread ends the machine, also when this program is ended by a signal. */
    public void beforeEnd(LastWork work) {
        lastWork.set(work);
    }

    public long pid() {
        return process.pid();
    }

    /** The socket that is the monitor's end of the link. */
    public Path monitor() {
        return link == MonitorLink.VIRTIO ? directory.console() : directory.uart();
    }

    /** What went wrong, if something did: the monitor says so on its debug channel, or QEMU has ended. */
    public Optional<String> failure() throws InterruptedException {
        Optional<String> complaint = complaint();
        if (complaint.isPresent() || process.isAlive()) {
            return complaint;
        }
        return Optional.of("QEMU ended with exit code " + process.exitCode() + process.lastWords());
    }

    /** True if QEMU ended by itself, and with exit code 0, within {@code millis}. */
    public boolean endedWell(long millis) throws InterruptedException {
        return process.awaitEnd(millis, TimeUnit.MILLISECONDS) && process.exitCode() == 0;
    }

    private Optional<String> complaint() {
        return debugLines().stream()
                .filter(line -> FAILURES.stream().anyMatch(line::startsWith))
                .map(line -> "the monitor says: " + line.substring(MARK.length()))
                .findFirst();
    }

    /** What the monitor said last on its debug channel, for a message. */
    public String lastWords() {
        List<String> lines = debugLines();
        return lines.isEmpty()
                ? "nothing came on its debug channel"
                : "its last words were: " + lines.get(lines.size() - 1);
    }

    private List<String> debugLines() {
        try {
            return Files.readString(directory.debugConsole(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException notThereYet) {
            return List.of();
        }
    }

    private void end() {
        LastWork work = lastWork.getAndSet(null);
        try {
            if (work != null && process.isAlive()) {
                work.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.kill();
        directory.close();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException alreadyShuttingDown) {
            return;
        }
    }
}
