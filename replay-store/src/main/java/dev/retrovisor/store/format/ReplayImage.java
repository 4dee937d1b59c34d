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
        LogLayout.Laid laid = LogLayout.write(recording, ram, log);
        logBytes = laid.bytes();
        lastLength = laid.lastLength();
        Base base = recording.base();
        long cpu = log + logBytes;
        put(cpu, ByteBuffer.wrap(base.cpu()));
        long framesAt = (cpu + base.cpu().length + 7) & ~7L;
        long pages = (framesAt + 4L * recording.pageCount() + PAGE - 1) & -PAGE;
        recording.<IOException>pages((frame, content) -> {
            put(pages + (long) PAGE * frames.size(), ByteBuffer.wrap(content));
            frames.add(frame);
        });
        long imageEnd = pages + (long) PAGE * frames.size();
        writeFrames(framesAt);
        put(address, header(base, cpu, framesAt, pages, imageEnd));
        return new Place(address, imageEnd, end.instant());
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
