// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkAddress;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.recording.HistoryMovedException;
import dev.retrovisor.bridge.recording.Recorder;
import dev.retrovisor.bridge.recording.RefusedException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The recording of a session that goes on already, as one more client of its bridge: it only asks, takes nobody's place, and the session
 * goes on when it ends (docs/decisions/0074). It begins where the monitor's history begins.
 */
final class AttachedRecording {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;
    private static final String PROGRAM = "qXfer:exec-file:read:1:0,fff";

    private final Path file;
    private final LinkAddress session;
    private final Path symbols;
    private final Console console;

    /** {@code symbols}: the guest's file with symbols, or null for the one that the session's bridge names. */
    AttachedRecording(Path file, LinkAddress session, Path symbols, Console console) {
        this.file = file;
        this.session = session;
        this.symbols = symbols;
        this.console = console;
    }

    /** Until Ctrl-C, or the session ends. */
    void run()
            throws LinkOpenException, LinkLostException, RecordingException, SessionException, GuestImageException,
                    InterruptedException {
        try (Link link = session.open(PATIENCE)) {
            MonitorDialogue bridge = new MonitorDialogue(link);
            try (Recorder recorder = begin(bridge, facts(bridge, link.name()))) {
                console.say(file + " records the session at " + link.name()
                        + " from the beginning of its history. Ctrl-C ends the recording; the session goes on.");
                follow(bridge, recorder);
            }
        }
    }

    private Map<String, String> facts(MonitorDialogue bridge, String name)
            throws LinkLostException, GuestImageException {
        Map<String, String> facts = new TreeMap<>();
        facts.put("made", Clock.systemUTC().instant().toString());
        facts.put("session", name);
        Path program = symbols != null ? symbols : program(bridge);
        if (Files.isReadable(program)) {
            facts.put("guest", program.toAbsolutePath().toString());
            facts.put("symbols", program.toAbsolutePath().toString());
            ElfNote.buildId(program).ifPresent(id -> facts.put("build-id", id));
        }
        return facts;
    }

    private static Path program(MonitorDialogue bridge) throws LinkLostException {
        String reply = new String(bridge.ask(PROGRAM, PATIENCE), StandardCharsets.UTF_8);
        return Path.of(reply.startsWith("l") ? reply.substring(1) : Console.NO_SYMBOLS);
    }

    private Recorder begin(MonitorDialogue bridge, Map<String, String> facts)
            throws LinkLostException, RecordingException, SessionException {
        for (int attempt = 1; ; attempt++) {
            Recorder recorder = Recorder.create(file, facts);
            try {
                recorder.begin(
                        bridge,
                        false,
                        new Ticker(console, "the guest's memory goes into the recording")::percent,
                        console::warn);
                return recorder;
            } catch (HistoryMovedException moved) {
                if (attempt == ATTEMPTS) {
                    throw new SessionException(moved.getMessage());
                }
                console.warn("the beginning of the history has moved: once more");
            } catch (RefusedException e) {
                throw new SessionException(e.getMessage());
            }
        }
    }

    private void follow(MonitorDialogue bridge, Recorder recorder)
            throws LinkLostException, SessionException, InterruptedException {
        Thread onExit = new Thread(() -> end(recorder), "end of the recording");
        Runtime.getRuntime().addShutdownHook(onExit);
        try {
            recorder.follow(bridge, new Ticker(console, "what was recorded already goes into the file")::percent);
        } catch (LinkLostException lost) {
            throw new LinkLostException(file + " ends with the session", lost.getMessage());
        } finally {
            recorder.close();
            forget(onExit);
        }
        if (!recorder.complaint().isEmpty()) {
            throw new SessionException(recorder.complaint());
        }
    }

    private static void forget(Thread onExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException exits) {
            return; // it runs already, or has run
        }
    }

    private static void end(Recorder recorder) {
        try {
            recorder.endWithMark();
            recorder.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
