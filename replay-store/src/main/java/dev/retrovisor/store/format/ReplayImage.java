// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The recording as a monitor wants it in its machine's RAM (docs/spec/recording-format.md, "The replay image"), written into a
 * file that is that RAM: byte N of the file is physical address N.
 */
public final class ReplayImage {
    private static final long MAGIC = 0x474d494f52544552L;
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 152;
    private static final int CHECKPOINT_BYTES = 64;
    private static final int PLACE_BYTES = 8;
    private static final int PAGE = 4096;
    private static final long ALIGNMENT = 2 << 20;
    private static final int MOST_HIDDEN_PAGES = 4;

    /**
     * What stands in the RAM, and where it ends.
     *
     * @param keptPages that the monitor needs memory for, beside the guest's
     * @param checkpoints instants that the replay can begin from, besides its beginning
     * @param complaints on checkpoints that were left out
     */
    public record Place(
            long address, long end, long lastInstant, long keptPages, List<Long> checkpoints, List<String> complaints) {
        public Place {
            checkpoints = List.copyOf(checkpoints);
            complaints = List.copyOf(complaints);
        }
    }

    /** A state, and what it keeps: where a page lies that is another one at the next state. Of the last: all of its memory. */
    private record State(Checkpoint at, NavigableMap<Long, Integer> places) {}

    private final RecordingReader recording;
    private final RecordingReader.End end;
    private final FileChannel ram;
    private final long address;
    private final List<State> states = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private long logBytes;
    private long lastLength;
    private long pagesAt;
    private int pages;
    private int zeros = -1;

    private ReplayImage(RecordingReader recording, FileChannel ram) throws RecordingException {
        this.recording = recording;
        this.end = recording.end();
        this.ram = ram;
        long ramEnd = recording.machine().number("ram-end", 0);
        this.address = (ramEnd + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes into a new, sparse file, without checkpoints. All of the recording is checked on the way. */
    public static Place write(RecordingReader recording, Path file) throws RecordingException, IOException {
        return write(recording, Checkpoints.none(recording), Long.MAX_VALUE, file);
    }

    /**
     * The same, with checkpoints.
     *
     * @param most bytes that the image, from the RAM's beginning, and what it needs for the pages of checkpoints and for all of the
     *     guest's memory once more, may have together; checkpoints that do not fit are left out, from the middle
     */
    public static Place write(RecordingReader recording, Checkpoints checkpoints, long most, Path file)
            throws RecordingException, IOException {
        try (FileChannel ram = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ReplayImage image = new ReplayImage(recording, ram);
            Place place = image.write(checkpoints, most);
            if (place.checkpoints().isEmpty() || place.keptPages() <= image.room(most)) {
                return place;
            }
            ram.truncate(0); // not even the newest one fits
            ReplayImage plain = new ReplayImage(recording, ram);
            plain.complaints.add("its checkpoints do not fit into the replay's memory and are left out");
            return plain.write(Checkpoints.none(recording), most);
        }
    }

    private Place write(Checkpoints checkpoints, long most) throws RecordingException, IOException {
        long log = address + PAGE;
        LogLayout.Laid laid = LogLayout.write(recording, ram, log);
        logBytes = laid.bytes();
        lastLength = laid.lastLength();
        checkpoints.complaint().ifPresent(complaints::add);
        long cpus = log + logBytes;
        long cpuBytes = (recording.base().cpu().length + 7) & ~7L;
        pagesAt = (cpus + cpuBytes * (1 + checkpoints.changes().size()) + PAGE - 1) & -PAGE;
        layPages(checkpoints);
        leaveOut(most);
        long table = pagesAt + (long) PAGE * pages;
        long places = table + (long) CHECKPOINT_BYTES * states.size();
        ByteBuffer entries =
                ByteBuffer.allocate(CHECKPOINT_BYTES * states.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            put(cpus + i * cpuBytes, ByteBuffer.wrap(state.at.cpu()));
            putEntry(entries, state, cpus + i * cpuBytes, places);
            places = putPlaces(places, state.places);
        }
        put(table, entries.flip());
        put(address, header(table, places));
        return new Place(address, places, end.instant(), kept(), instants(), complaints);
    }

    private List<Long> instants() {
        return states.stream().skip(1).map(state -> state.at.instant()).toList();
    }

    private long kept() {
        return states.stream()
                .limit(states.size() - 1L)
                .mapToLong(state -> state.places.size())
                .sum();
    }

    /** The base's pages, and those of each checkpoint that are not there yet. */
    private void layPages(Checkpoints checkpoints) throws RecordingException, IOException {
        Base base = recording.base();
        NavigableMap<Long, Integer> memory = new TreeMap<>();
        recording.<IOException>pages((frame, content) -> memory.put(frame, layPage(content)));
        Checkpoint at = new Checkpoint(base.instant(), base.position(), 0, base.inject(), base.cpu());
        Map<Long, Integer> laid = new HashMap<>();
        for (Checkpoints.Change change : checkpoints.changes()) {
            NavigableMap<Long, Integer> before = new TreeMap<>();
            for (int i = 0; i < change.frames().size(); i++) {
                long page = change.pages().get(i);
                if (!laid.containsKey(page)) {
                    laid.put(page, layPage(checkpoints.page(page)));
                }
                Long frame = change.frames().get(i);
                Integer was = memory.put(frame, laid.get(page));
                if (was == null) {
                    was = zeroPage();
                }
                before.put(frame, was);
            }
            states.add(new State(at, before));
            at = change.state();
        }
        states.add(new State(at, memory));
    }

    private int layPage(byte[] content) throws IOException {
        put(pagesAt + (long) PAGE * pages, ByteBuffer.wrap(content));
        return pages++;
    }

    private int zeroPage() throws IOException {
        if (zeros < 0) {
            zeros = layPage(new byte[PAGE]);
        }
        return zeros;
    }

    /** For so many kept pages. */
    private long room(long most) {
        return (most - address - (pagesAt + (long) PAGE * pages)) / PAGE;
    }

    /** What a checkpoint that goes has kept serves the one before, unless that has its own. */
    private void leaveOut(long most) {
        long room = room(most);
        int before = states.size();
        while (states.size() > 2 && kept() > room) {
            int middle = states.size() / 2;
            NavigableMap<Long, Integer> heir = states.get(middle - 1).places;
            states.remove(middle).places.forEach(heir::putIfAbsent);
        }
        if (states.size() < before) {
            complaints.add((before - states.size()) + " of " + (before - 1)
                    + " checkpoints do not fit into the replay's memory and are left out");
        }
    }

    private void putEntry(ByteBuffer entries, State state, long cpu, long places) {
        entries.putLong(state.at.instant()).putLong(state.at.events());
        entries.putLong(state.at.position() - states.get(0).at.position());
        entries.putLong(cpu - address).putLong(places - address);
        state.at.inject().forEach(number -> entries.putInt((int) (long) number));
        entries.putInt(state.places.size());
    }

    private long putPlaces(long at, Map<Long, Integer> places) throws IOException {
        ByteBuffer list = ByteBuffer.allocate(PLACE_BYTES * places.size()).order(ByteOrder.LITTLE_ENDIAN);
        places.forEach((frame, page) -> list.putInt((int) (long) frame).putInt(page));
        put(at, list.flip());
        return at + (long) PLACE_BYTES * places.size();
    }

    private ByteBuffer header(long table, long imageEnd) throws RecordingException {
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
        header.putInt(recording.base().cpu().length).putLong(imageEnd - address);
        header.putLong(machine.number("ram-end", 0));
        header.putLong(machine.number("hidden", 0)).putLong(machine.number("hidden", 1));
        header.putLong(hidden.size());
        for (int i = 0; i < MOST_HIDDEN_PAGES; i++) {
            header.putLong(i < hidden.size() ? hidden.get(i) : 0);
        }
        header.putLong(end.instant());
        header.putLong(PAGE).putLong(logBytes).putLong(lastLength);
        header.putInt(states.size()).putInt(pages).putLong(table - address).putLong(pagesAt - address);
        return header.flip();
    }

    private void put(long at, ByteBuffer bytes) throws IOException {
        for (long to = at; bytes.hasRemaining(); ) {
            to += ram.write(bytes, to);
        }
    }
}
