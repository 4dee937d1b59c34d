// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The recording as a monitor wants it in its machine's RAM (docs/spec/recording-format.md, "The replay image"), written into a
 * file that is that RAM: byte N of the file is physical address N.
 */
public final class ReplayImage {
    private static final long MAGIC = 0x474d494f52544552L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 184;
    private static final int PAGE = 4096;
    private static final long ALIGNMENT = 2 << 20;
    private static final int MOST_HIDDEN_PAGES = 4;

    /** What stands in the RAM, and where it ends. */
    public record Place(long address, long end, long lastInstant) {}

    private final RecordingReader recording;
    private final RecordingReader.End end;
    private final FileChannel ram;
    private final long address;
    private long logBytes;
    private long lastLength;
    private boolean cut;
    private final List<Long> frames = new ArrayList<>();

    private ReplayImage(RecordingReader recording, FileChannel ram) throws RecordingException {
        this.recording = recording;
        this.end = recording.end();
        this.ram = ram;
        long ramEnd = recording.machine().number("ram-end", 0);
        this.address = (ramEnd + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes into a new, sparse file. All of the recording is checked on the way. */
    public static Place write(RecordingReader recording, Path file) throws RecordingException, IOException {
        try (FileChannel ram = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ReplayImage(recording, ram).write();
        }
    }

    private Place write() throws RecordingException, IOException {
        long log = address + PAGE;
        recording.<IOException>log((position, bytes) -> addLog(log, bytes));
        Base base = recording.base();
        long cpu = log + logBytes;
        put(cpu, ByteBuffer.wrap(base.cpu()));
        recording.<IOException>pages((frame, content) -> frames.add(frame));
        long framesAt = (cpu + base.cpu().length + 7) & ~7L;
        long pages = (framesAt + 4L * frames.size() + PAGE - 1) & -PAGE;
        writeFrames(framesAt);
        long[] at = {pages};
        recording.<IOException>pages((frame, content) -> {
            put(at[0], ByteBuffer.wrap(content));
            at[0] += PAGE;
        });
        put(address, header(base, cpu, framesAt, pages, at[0]));
        return new Place(address, at[0], end.instant());
    }

    /** Of a torn recording, what stands at its last instant may not be all: it is left out. */
    private void addLog(long log, byte[] bytes) throws IOException, RecordingException {
        int keep = 0;
        try {
            for (int length; !cut && (length = TraceDecoder.recordLength(bytes, keep, bytes.length)) > 0; ) {
                long instant =
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(keep);
                cut = instant >= end.instant();
                keep += cut ? 0 : length;
                lastLength = cut ? lastLength : length;
            }
        } catch (MalformedLogException e) {
            throw new RecordingException(recording.file(), "the log at byte " + (logBytes + e.offset()), e);
        }
        put(log + logBytes, ByteBuffer.wrap(bytes, 0, keep));
        logBytes += keep;
    }

    private void writeFrames(long at) throws IOException {
        ByteBuffer list = ByteBuffer.allocate(4 * frames.size()).order(ByteOrder.LITTLE_ENDIAN);
        frames.forEach(frame -> list.putInt((int) (long) frame));
        put(at, list.flip());
    }

    private ByteBuffer header(Base base, long cpu, long framesAt, long pages, long imageEnd) throws RecordingException {
        Machine machine = recording.machine();
        List<Long> hidden = machine.hiddenPages();
        if (hidden.size() > MOST_HIDDEN_PAGES) {
            throw new RecordingException(
                    recording.file(),
                    "hides " + hidden.size() + " pages of devices (expected: <= " + MOST_HIDDEN_PAGES + ")");
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION);
        header.putInt((int) machine.number("trace-format", 0)).putInt((int) machine.number("cpu-state", 0));
        header.putInt(base.cpu().length).putLong(imageEnd - address);
        header.putLong(machine.number("ram-end", 0));
        header.putLong(machine.number("hidden", 0)).putLong(machine.number("hidden", 1));
        header.putLong(hidden.size());
        for (int i = 0; i < MOST_HIDDEN_PAGES; i++) {
            header.putLong(i < hidden.size() ? hidden.get(i) : 0);
        }
        header.putLong(base.instant()).putLong(end.instant());
        header.putLong(PAGE).putLong(logBytes).putLong(lastLength).putLong(cpu - address);
        base.inject().forEach(number -> header.putInt((int) (long) number));
        header.putInt(frames.size()).putLong(framesAt - address).putLong(pages - address);
        return header.flip();
    }

    private void put(long at, ByteBuffer bytes) throws IOException {
        for (long to = at; bytes.hasRemaining(); ) {
            to += ram.write(bytes, to);
        }
    }
}
