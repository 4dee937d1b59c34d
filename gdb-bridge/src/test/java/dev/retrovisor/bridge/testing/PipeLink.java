// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.testing;

import dev.retrovisor.bridge.link.Link;
import dev.retrovisor.bridge.link.LinkLostException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** One end of a link in memory. Bytes on their way pass a function that may change them or lose some. */
public final class PipeLink implements Link {
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> in;
    private final BlockingQueue<byte[]> out;
    private final UnaryOperator<byte[]> wire;
    private final boolean reliable;
    private byte[] rest = {};
    private int interruptions;

    private PipeLink(
            BlockingQueue<byte[]> in, BlockingQueue<byte[]> out, UnaryOperator<byte[]> wire, boolean reliable) {
        this.in = in;
        this.out = out;
        this.wire = wire;
        this.reliable = reliable;
    }

    /** Two ends; {@code wire} works on both directions. */
    public static PipeLink[] pair(UnaryOperator<byte[]> wire, boolean reliable) {
        BlockingQueue<byte[]> there = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> back = new LinkedBlockingQueue<>();
        return new PipeLink[] {new PipeLink(back, there, wire, reliable), new PipeLink(there, back, wire, reliable)};
    }

    /** As if it had been lost and were back. */
    public void interrupt() {
        interruptions++;
    }

    @Override
    public int interruptions() {
        return interruptions;
    }

    @Override
    public int read(byte[] buffer, Duration patience) throws LinkLostException {
        try {
            byte[] next = rest.length > 0 ? rest : in.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                return 0;
            }
            if (next == END) {
                in.add(END);
                throw new LinkLostException("pipe", "closed");
            }
            return deliver(next, buffer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkLostException("pipe", "interrupted");
        }
    }

    private int deliver(byte[] next, byte[] buffer) {
        int count = Math.min(next.length, buffer.length);
        System.arraycopy(next, 0, buffer, 0, count);
        rest = java.util.Arrays.copyOfRange(next, count, next.length);
        return count;
    }

    @Override
    public void write(byte[] bytes) {
        byte[] arriving = wire.apply(bytes.clone());
        if (arriving.length > 0) {
            out.add(arriving);
        }
    }

    @Override
    public boolean isReliable() {
        return reliable;
    }

    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public void close() {
        out.add(END);
        in.add(END);
    }
}
