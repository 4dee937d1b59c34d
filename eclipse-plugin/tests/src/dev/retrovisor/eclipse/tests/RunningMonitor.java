// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** One of our guests, stopped at its first instruction and recorded, under a monitor that runs already: a machine that is reached by TCP or by a serial line. */
public final class RunningMonitor implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("retrovisor.home"));
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String address;
    private final List<Process> processes = new ArrayList<>();

    private RunningMonitor(String address) {
        this.address = address;
    }

    /** Its address is HOST:PORT. {@code folder} is a place for files. */
    public static RunningMonitor byTcp(Path folder, String guest) throws IOException, InterruptedException {
        int port = freePort();
        RunningMonitor monitor = new RunningMonitor("localhost:" + port);
        monitor.start(qemu(folder, guest, "tcp:127.0.0.1:" + port + ",server=on,wait=off"));
        awaitReady(folder);
        return monitor;
    }

    /** Its address is a pseudo-terminal in {@code folder}, joined to the machine's UART by socat. */
    public static RunningMonitor bySerialLine(Path folder, String guest) throws IOException, InterruptedException {
        Path uart = folder.resolve("uart");
        Path port = folder.resolve("ttyMachine");
        RunningMonitor monitor = new RunningMonitor(port.toString());
        monitor.start(qemu(folder, guest, "unix:" + uart + ",server=on,wait=off"));
        awaitReady(folder);
        monitor.start(List.of("socat", "pty,raw,echo=0,link=" + port, "unix-connect:" + uart));
        await(port.toString(), () -> Files.exists(port));
        return monitor;
    }

    /** What a launch configuration has to say. */
    public String address() {
        return address;
    }

    /** Whether the machine is there yet: who only looks at it must leave it so. */
    public boolean isAlive() {
        return processes.get(0).isAlive();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<String> qemu(Path folder, String guest, String uart) {
        Path build = HOME.resolve("stub-monitor/build");
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-machine", "pc"));
        words.addAll(List.of("-cpu", "max,-la57,-rdrand,-rdseed", "-m", "128", "-icount", "shift=0,sleep=on"));
        words.addAll(List.of("-display", "none", "-no-reboot", "-global", "apic-common.vapic=off"));
        words.addAll(List.of("-serial", "null", "-serial", uart, "-debugcon", "file:" + folder.resolve("debugcon")));
        words.addAll(List.of("-kernel", build.resolve("monitor.bin").toString()));
        words.addAll(List.of("-append", "uart=com2 start=stopped record=on"));
        words.addAll(
                List.of("-initrd", build.resolve("guests/" + guest + ".elf").toString()));
        return words;
    }

    /** Ends with this JVM, however that ends. */
    private void start(List<String> command) throws IOException {
        List<String> tied = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        tied.addAll(command);
        processes.add(new ProcessBuilder(tied)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    private static void awaitReady(Path folder) throws IOException, InterruptedException {
        Path words = folder.resolve("debugcon");
        await(
                "the monitor",
                () -> Files.exists(words) && Files.readString(words).contains("retrovisor: ready"));
    }

    private static void await(String what, Callable<Boolean> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isTrue(condition)) {
            if (System.nanoTime() > end) {
                throw new IOException(what + " is not there after " + PATIENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static boolean isTrue(Callable<Boolean> condition) throws IOException {
        try {
            return condition.call();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }
}
