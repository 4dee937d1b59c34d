// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.TraceEvent;
import dev.retrovisor.store.query.DmaChange;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds network packets in the data of port accesses (both directions) and in what devices wrote into memory (received ones only:
 * what a device reads is not in a recording). Of memory that is written by devices the recording has the bytes that changed; the
 * others are taken from the beginning of the recording and from earlier writes, so a byte of a packet can be wrong where the guest
 * wrote the same buffer in between.
 */
final class PacketFinder {
    /** Takes packets. */
    interface Taker {
        void packet(long instant, byte[] frame);
    }

    private static final int PAGE = 4096;

    /** A frame whose end lies in the next page waits for so many events for that page to be brought in. */
    private static final int PATIENCE = 64;

    private record Waiting(long instant, int length, long since) {}

    private final Map<Long, byte[]> pages;
    private final Taker taker;
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final ByteArrayOutputStream portData = new ByteArrayOutputStream();
    private TraceEvent portEvent;

    /** {@code pages}: by frame number, as they were at the beginning, those at least that devices write. */
    PacketFinder(Map<Long, byte[]> pages, Taker taker) {
        this.pages = new TreeMap<>(pages);
        this.taker = taker;
    }

    void event(TraceEvent event) {
        boolean isPort = event.kind() == EventKind.PORT_READ.number || event.kind() == EventKind.PORT_WRITE.number;
        if (isPort && event.data().length > 0) {
            port(event);
        } else if (isPort) {
            endPort();
        } else if (event.kind() == EventKind.DMA.number) {
            memory(event);
        }
    }

    void end() {
        endPort();
        giveUpBefore(Long.MAX_VALUE);
    }

    // ---- string input and output ----

    private void port(TraceEvent event) {
        boolean goesOn =
                portEvent != null && portEvent.kind() == event.kind() && portEvent.address() == event.address();
        if (!goesOn) {
            endPort();
            portEvent = event;
        }
        portData.writeBytes(event.data());
    }

    private void endPort() {
        if (portEvent != null) {
            framesIn(portData.toByteArray(), portEvent.instant());
        }
        portData.reset();
        portEvent = null;
    }

    private void framesIn(byte[] bytes, long instant) {
        for (int at = 0; at + EthernetFrame.HEADER < bytes.length; ) {
            int length = EthernetFrame.length(bytes, at, bytes.length);
            if (length > 0 && at + length <= bytes.length) {
                taker.packet(instant, Arrays.copyOfRange(bytes, at, at + length));
                at += length;
            } else {
                at++;
            }
        }
    }

    // ---- memory written by devices ----

    private void memory(TraceEvent event) {
        long frame = event.address() / PAGE;
        byte[] page = pages.computeIfAbsent(frame, none -> new byte[PAGE]);
        List<DmaChange.Written> written = DmaChange.written(event);
        for (DmaChange.Written piece : written) {
            int at = (int) (piece.address() % PAGE);
            System.arraycopy(piece.bytes(), 0, page, at, Math.min(piece.bytes().length, PAGE - at));
        }
        finish(frame - 1);
        framesAt(frame, page, written, event);
        giveUpBefore(event.number() - PATIENCE);
    }

    /** Frames that contain a byte that was written. */
    private void framesAt(long frame, byte[] page, List<DmaChange.Written> written, TraceEvent event) {
        int next = 0;
        for (DmaChange.Written piece : written) {
            int first = (int) (piece.address() % PAGE);
            int end = first + piece.bytes().length;
            for (int at = Math.max(next, first - EthernetFrame.MOST); at < end; at++) {
                int length = EthernetFrame.length(page, at, PAGE);
                if (length > 0 && at + length > first) {
                    found(frame * PAGE + at, length, event);
                    at += length - 1;
                    next = at + 1;
                }
            }
        }
    }

    private void found(long address, int length, TraceEvent event) {
        if ((address % PAGE) + length <= PAGE) {
            taker.packet(event.instant(), bytes(address, length));
        } else {
            waiting.put(address, new Waiting(event.instant(), length, event.number()));
        }
    }

    /** The page behind {@code frame} has come in. */
    private void finish(long frame) {
        List<Long> complete = new ArrayList<>();
        waiting.keySet().stream().filter(address -> address / PAGE == frame).forEach(complete::add);
        complete.forEach(this::give);
    }

    private void giveUpBefore(long event) {
        List<Long> old = new ArrayList<>();
        for (Iterator<Map.Entry<Long, Waiting>> all = waiting.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Waiting> one = all.next();
            if (one.getValue().since < event) {
                old.add(one.getKey());
            }
        }
        old.forEach(this::give);
    }

    private void give(long address) {
        Waiting frame = waiting.remove(address);
        taker.packet(frame.instant, bytes(address, frame.length));
    }

    private byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            byte[] page = pages.get((address + i) / PAGE);
            bytes[i] = page == null ? 0 : page[(int) ((address + i) % PAGE)];
        }
        return bytes;
    }
}
