// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameDecoder;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.rsp.RspEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * Answers as the monitor does: acknowledges before it answers, waits for no acknowledgement, sends its last answer again on
 * {@code -}, is stopped by 0x03 or by a packet that does not only look or write. Its memory holds at each address the address's lowest byte; {@code s} counts.
 */
public final class FakeMonitor implements RspEvent.Handler<Void, LinkLostException> {
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** A running guest goes on after these. */
    private static final Pattern PAUSED_FOR = Pattern.compile("[gmMpPxXZzqQ].*", Pattern.DOTALL);

    private final Link link;
    private final FrameDecoder decoder = FrameDecoder.ofCommands();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private byte[] last = {};
    private volatile boolean running;
    private boolean owesStop;
    private int steps;

    private FakeMonitor(Link link) {
        this.link = link;
    }

    /** Answers on a thread of its own until the link ends. */
    public static FakeMonitor start(Link link) {
        FakeMonitor monitor = new FakeMonitor(link);
        Thread thread = new Thread(monitor::serve, "fake monitor");
        thread.setDaemon(true);
        thread.start();
        return monitor;
    }

    /** What it was asked, in order. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    public boolean isRunning() {
        return running;
    }

    /** On the caller's thread, until the link ends. */
    public static void serveOn(Link link) {
        new FakeMonitor(link).serve();
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                receive(buffer, link.read(buffer, PATIENCE));
            }
        } catch (LinkLostException end) {
            running = false;
        }
    }

    private void receive(byte[] buffer, int count) throws LinkLostException {
        List<RspEvent> events = new ArrayList<>();
        decoder.decode(buffer, count, events::add);
        for (RspEvent event : events) {
            event.accept(this);
        }
    }

    @Override
    public Void packet(Bytes content) throws LinkLostException {
        link.write(FrameEncoder.ack());
        String command = content.text();
        running &= PAUSED_FOR.matcher(command).matches();
        commands.add(command);
        if (command.startsWith("qRcmd,")) {
            send("O" + "68690a");
            send("OK");
        } else if (command.equals("vCont;c")) {
            running = true;
            owesStop = true;
            last = new byte[0];
        } else if (!command.equals("k")) {
            send(answer(command));
        }
        if (command.equals("D")) { // nobody waits for a stop of this run
            running = true;
            owesStop = false;
        }
        return null;
    }

    private String answer(String command) {
        if (command.startsWith("m")) {
            return memory(command.substring(1));
        }
        if (command.startsWith("Z")
                || command.startsWith("z")
                || command.startsWith("M")
                || command.startsWith("QRetro.PhysicalMemory:")) {
            return "OK";
        }
        return switch (command) {
            case "g" -> "0011223344";
            case "vCont;s" -> "T05" + registers(++steps);
            case "qSupported" -> "PacketSize=400;swbreak+";
            case "?" -> "T05";
            case "s" -> "T05step:" + Integer.toHexString(++steps) + ";";
            case "D" -> "OK";
            default -> command.startsWith("qSupported:") ? "PacketSize=400;swbreak+" : "";
        };
    }

    /** RIP counts the steps from 0x1000, RSP is 0x8010. */
    private static String registers(int steps) {
        return String.format("10:%02x10000000000000;07:1080000000000000;thread:01;", steps & 0xff);
    }

    private static String memory(String range) {
        if (!range.matches("[0-9a-f]{1,15},[0-9a-f]{1,4}")) {
            return "E16";
        }
        String[] numbers = range.split(",", -1);
        long address = Long.parseUnsignedLong(numbers[0], 16);
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Integer.parseInt(numbers[1], 16); i++) {
            hex.append(String.format("%02x", (address + i) & 0xff));
        }
        return hex.toString();
    }

    private void send(String content) throws LinkLostException {
        last = FrameEncoder.shortPacket(Bytes.ascii(content));
        link.write(last);
    }

    @Override
    public Void interrupt() throws LinkLostException {
        boolean isTold = running && owesStop;
        running = false;
        if (isTold) {
            send("T02");
        }
        return null;
    }

    @Override
    public Void nak() throws LinkLostException {
        if (last.length > 0) {
            link.write(last);
        }
        return null;
    }

    @Override
    public Void damaged(String why) throws LinkLostException {
        link.write(FrameEncoder.nak());
        return null;
    }

    @Override
    public Void ack() {
        return null;
    }

    @Override
    public Void notification(Bytes content) {
        return null;
    }

    @Override
    public Void noise(int value) {
        return null;
    }
}
