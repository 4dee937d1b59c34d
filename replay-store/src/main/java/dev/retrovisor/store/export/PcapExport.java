// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.EventSearch;
import dev.retrovisor.store.query.EventTable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The packets of a recording as a capture file (pcap, draft-ietf-opsawg-pcap; nanoseconds, Ethernet). One instant counts as a
 * nanosecond. Which packets are found says {@link PacketFinder}.
 */
public final class PcapExport {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int MOST_BYTES = 65535;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final long NANOSECONDS = 1_000_000_000;
    private static final int PAGE = 4096;

    private final OutputStream out;
    private long packets;

    private PcapExport(OutputStream out) {
        this.out = out;
    }

    /** How many packets were found. */
    public static long write(RecordingReader recording, EventTable table, EventSearch events, OutputStream out)
            throws RecordingException, IOException {
        PcapExport export = new PcapExport(out);
        out.write(little(24)
                .putInt(MAGIC_NANOSECONDS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(MOST_BYTES)
                .putInt(LINKTYPE_ETHERNET)
                .array());
        try {
            PacketFinder finder = new PacketFinder(pages(recording, table), export::packet);
            events.forEach(event -> {
                finder.event(event);
                return true;
            });
            finder.end();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return export.packets;
    }

    /** The pages that devices write, as they were at the beginning. */
    private static Map<Long, byte[]> pages(RecordingReader recording, EventTable table) throws RecordingException {
        Set<Long> frames = new HashSet<>();
        EventFilter dma = EventFilter.ALL.withKinds(Set.of(EventKind.DMA.number));
        new EventSearch(recording, table, dma).forEach(event -> {
            frames.add(event.address() / PAGE);
            return true;
        });
        Map<Long, byte[]> pages = new HashMap<>();
        recording.<RuntimeException>pages((frame, content) -> {
            if (frames.contains(frame)) {
                pages.put(frame, content);
            }
        });
        return pages;
    }

    private void packet(long instant, byte[] frame) {
        packets++;
        try {
            out.write(little(16)
                    .putInt((int) (instant / NANOSECONDS))
                    .putInt((int) (instant % NANOSECONDS))
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .array());
            out.write(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
