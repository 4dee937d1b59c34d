// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.UnixServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * A program that takes QEMU's options and is a machine with a {@link FakeMonitor} in it. What else it does, the word after
 * {@code -fake} says: {@code silent} (answers nothing), {@code complain} (reports a failure on the debug channel), {@code shout} (on the serial port), {@code
 * fail} (ends at once), {@code end} (ends well soon after the first debugger's command).
 */
public final class FakeQemu {
    private FakeQemu() {}

    /** A script that starts it. */
    public static Path script(Path directory) throws IOException {
        Path script = directory.resolve("fake-qemu");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + java + "' -Xshare:auto -XX:TieredStopAtLevel=1 -cp '"
                        + System.getProperty("java.class.path") + "' " + FakeQemu.class.getName() + " \"$@\"\n");
        script.toFile().setExecutable(true);
        return script;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        String mode = after(options, "-fake");
        if (mode.equals("fail")) {
            System.err.println("qemu-system-x86_64: -nonsense: invalid option");
            System.exit(1);
        }
        if (mode.equals("complain")) {
            Path console = Path.of(after(options, "-debugcon").substring("file:".length()));
            Files.writeString(
                    console,
                    "retrovisor: clock: fine\nretrovisor: cannot start: module 0 is no kernel\n",
                    StandardOpenOption.CREATE);
        }
        serve(Path.of(socket(options)), mode);
    }

    /** The virtio console's, if there is one, else the last serial port's. */
    private static String socket(List<String> options) {
        String console = after(options, "-chardev");
        String serial = after(options.subList(options.lastIndexOf("-serial"), options.size()), "-serial");
        String where = console.isEmpty()
                ? serial.substring("unix:".length())
                : console.substring(console.indexOf("path=") + "path=".length());
        return where.substring(0, where.indexOf(','));
    }

    private static void serve(Path socket, String mode) throws Exception {
        try (UnixServer server = UnixServer.on(socket)) {
            Link link = server.accept();
            if (mode.equals("shout")) {
                link.write("retrovisor: not enough RAM\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            if (mode.equals("silent") || mode.equals("shout") || mode.equals("complain")) {
                Thread.sleep(Duration.ofMinutes(5).toMillis());
            }
            FakeMonitor monitor = FakeMonitor.start(link);
            while (!mode.equals("end") || !monitor.commands().contains("?")) {
                Thread.sleep(20);
            }
            Thread.sleep(200);
        }
    }

    private static String after(List<String> options, String name) {
        int at = options.indexOf(name);
        return at < 0 ? "" : options.get(at + 1);
    }
}
