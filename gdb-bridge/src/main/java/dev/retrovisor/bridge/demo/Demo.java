// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import dev.retrovisor.bridge.link.Datagrams;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.MonitorLink;
import dev.retrovisor.bridge.qemu.ProgramMissingException;
import dev.retrovisor.bridge.qemu.ProgramPath;
import dev.retrovisor.bridge.qemu.QemuException;
import dev.retrovisor.bridge.server.Serving;
import dev.retrovisor.bridge.session.Progress;
import dev.retrovisor.bridge.session.QemuSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The whole demonstration, from power-on to the cause of the crash. */
public final class Demo {
    private static final int MESSAGES_PER_SECOND = 250;
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CRASH_PATIENCE = Duration.ofMinutes(3);

    private final Path home;
    private final MonitorLink link;
    private final PrintWriter out;
    private final Progress progress;

    /** {@code home}: the top of the tree, with the monitor and packetd built in it. */
    public Demo(Path home, MonitorLink link, PrintWriter out, Progress progress) {
        this.home = home;
        this.link = link;
        this.out = out;
        this.progress = progress;
    }

    /** Shows everything, then lets {@code last} have the session, the guest's file, and the port for gdb. */
    public void run(LinkListener listener, Finale last)
            throws DemoException, ProgramMissingException, GuestImageException, QemuException, LinkOpenException,
                    IOException, InterruptedException {
        Path gdb = ProgramPath.require("gdb", "gdb");
        Path console = Files.createTempFile("retrovisor-demo", ".console");
        try {
            run(listener, gdb, console, last);
        } finally {
            Files.deleteIfExists(console);
        }
    }

    /** What comes after the story, while the session still stands. */
    public interface Finale {
        void play(Path elf, int port) throws IOException, InterruptedException;
    }

    private void run(LinkListener listener, Path gdb, Path console, Finale last)
            throws DemoException, ProgramMissingException, GuestImageException, QemuException, LinkOpenException,
                    IOException, InterruptedException {
        int udpPort = Datagrams.freePort();
        say(
                "packetd, a 64-bit kernel with a network driver, boots under the monitor, recorded from its first instruction.");
        try (QemuSession session =
                QemuSession.start(DemoGuest.settings(home, link, console, udpPort), Serving.on(listener), progress)) {
            crash(new GuestConsole(console), udpPort);
            tell(gdb, session.port());
            last.play(DemoGuest.elf(home), session.port());
        }
    }

    private void crash(GuestConsole console, int udpPort)
            throws DemoException, LinkOpenException, InterruptedException {
        console.await("packetd: ready", BOOT_PATIENCE, this::quote);
        say("It is ready. The host sends it UDP messages, about " + MESSAGES_PER_SECOND
                + " a second, until it crashes.");
        try (Datagrams datagrams = Datagrams.to(udpPort);
                MessageSender sender = new MessageSender(datagrams, MESSAGES_PER_SECOND, new Random())) {
            String last = console.await("packetd: crash after", CRASH_PATIENCE, this::quote);
            quote(last);
            say("The host had sent " + sender.sent() + ".");
        }
    }

    private void tell(Path program, int port) throws IOException, DemoException {
        Set<String> corrupted = new HashSet<>();
        try (Gdb gdb = new Gdb(program, DemoGuest.elf(home))) {
            for (Story.Step step : Story.steps(port)) {
                String answer = ask(gdb, step);
                if (step.command().equals(Story.LOUDEST)) {
                    corrupted.add(answer.substring(answer.indexOf('=')));
                }
            }
        }
        if (corrupted.size() != 1) {
            throw new DemoException("the crash after going back and forth is another one: " + corrupted);
        }
    }

    private String ask(Gdb gdb, Story.Step step) throws IOException, DemoException {
        if (!step.remark().isEmpty()) {
            say("\n" + step.remark());
        }
        say("(gdb) " + step.command());
        List<String> lines = gdb.ask(step.command());
        lines.forEach(this::say);
        String answer = String.join("\n", lines);
        if (!answer.contains(step.mustContain())) {
            throw new DemoException("gdb's answer to \"" + step.command() + "\" lacks \"" + step.mustContain()
                    + "\"; the story ends here");
        }
        return answer;
    }

    private void quote(String line) {
        say("  | " + line);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
