// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.qemu.BootModule;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.QemuSettings;
import dev.retrovisor.bridge.recording.Recorder;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.server.Inquirer;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.session.Opening;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A session that goes into a file. Owns the recorder. */
final class RecordingSession implements Opening, AutoCloseable {
    private final Recorder recorder;
    private final Console console;

    private final boolean letRun;

    private RecordingSession(Recorder recorder, boolean letRun, Console console) {
        this.recorder = recorder;
        this.letRun = letRun;
        this.console = console;
    }

    /** The guest runs once its memory is in the recording, unless it shall be stopped. */
    static RecordingSession create(Path file, QemuSettings settings, GuestOptions guest, Console console)
            throws RecordingException, GuestImageException {
        return new RecordingSession(
                Recorder.create(file, facts(settings, guest.path(), guest.symbols())), guest.recordingRuns(), console);
    }

    private static Map<String, String> facts(QemuSettings settings, Path guest, Path symbols) {
        List<BootModule> modules = settings.modules();
        Map<String, String> facts = new TreeMap<>();
        facts.put("made", Clock.systemUTC().instant().toString());
        facts.put("guest", guest.toAbsolutePath().toString());
        facts.put("guest-arguments", modules.isEmpty() ? "" : modules.get(0).arguments());
        if (!symbols.equals(Path.of(Console.NO_SYMBOLS))) {
            facts.put("symbols", symbols.toAbsolutePath().toString());
            ElfNote.buildId(symbols).ifPresent(id -> facts.put("build-id", id));
        }
        facts.put("memory-megabytes", String.valueOf(settings.memoryMegabytes()));
        facts.put("qemu-options", settings.extra().stream().map(Console::quoted).collect(Collectors.joining(" ")));
        return facts;
    }

    @Override
    public Optional<Inquirer> open(MonitorDialogue monitor) throws SessionException, LinkLostException {
        try {
            Ticker ticker = new Ticker(console, "the guest's memory goes into the recording");
            recorder.begin(monitor, letRun, ticker::percent, console::warn);
        } catch (RecordingException | RefusedException e) {
            throw new SessionException(e.getMessage());
        }
        return Optional.of(recorder.inquirer());
    }

    @Override
    public void beforeEnd() throws InterruptedException {
        recorder.endWithMark();
        recorder.close();
    }

    @Override
    public void close() throws InterruptedException {
        recorder.close();
    }

    Path file() {
        return recorder.file();
    }

    /** Empty if all went well. */
    String complaint() {
        return recorder.complaint();
    }
}
