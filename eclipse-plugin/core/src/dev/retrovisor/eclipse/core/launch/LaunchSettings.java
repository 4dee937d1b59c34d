// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import dev.retrovisor.eclipse.core.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;

/**
 * What a launch configuration says, checked and made into a command of the bridge. Pure: needs neither OSGi nor a display.
 *
 * @param attributes by the keys below; what is missing has its default
 */
public record LaunchSettings(Map<String, String> attributes) {
    /** The launch configuration type. */
    public static final String TYPE = "dev.retrovisor.launch";

    /** What is debugged: {@link #ELF}, {@link #LINUX}, {@link #BOOTED} or {@link #RECORDING}. */
    public static final String KIND = "dev.retrovisor.kind";

    public static final String ELF = "elf";
    public static final String LINUX = "linux";

    /** What the BIOS boots from {@link #DISK} or {@link #CDROM}. */
    public static final String BOOTED = "booted";

    public static final String RECORDING = "recording";

    /** Path of the guest's ELF file; of a target that runs already its file with symbols, which may be missing. */
    public static final String GUEST = "dev.retrovisor.guest";

    public static final String KERNEL = "dev.retrovisor.kernel";
    public static final String INITRD = "dev.retrovisor.initrd";

    /** The guest's command line. */
    public static final String APPEND = "dev.retrovisor.append";

    /** Path of a disk's image, which the guest writes to. */
    public static final String DISK = "dev.retrovisor.disk";

    /** Path of a CD's image; the BIOS tries the disk before it. */
    public static final String CDROM = "dev.retrovisor.cdrom";

    /** Path of the recording that is replayed. */
    public static final String FILE = "dev.retrovisor.file";

    /** Path of a file with symbols, if it is not the guest. */
    public static final String SYMBOLS = "dev.retrovisor.symbolFile";

    /** {@code true} (default): the guest stands at its first instruction until somebody resumes it. */
    public static final String STOPPED = "dev.retrovisor.stopped";

    /** Where: {@link #QEMU}, {@link #TCP} or {@link #SERIAL}. */
    public static final String TARGET = "dev.retrovisor.target";

    public static final String QEMU = "qemu";
    public static final String TCP = "tcp";
    public static final String SERIAL = "serial";

    /** The QEMU program. */
    public static final String PROGRAM = "dev.retrovisor.qemu";

    /** The monitor's image. */
    public static final String MONITOR = "dev.retrovisor.monitor";

    /** RAM of the machine in MB. */
    public static final String MEMORY = "dev.retrovisor.memory";

    /** More options for QEMU, separated by blanks. */
    public static final String OPTIONS = "dev.retrovisor.options";

    /** {@code HOST:PORT}. */
    public static final String ADDRESS = "dev.retrovisor.address";

    /** A serial port. */
    public static final String DEVICE = "dev.retrovisor.device";

    /** Its speed in bits a second. */
    public static final String BAUD = "dev.retrovisor.baud";

    /** Recording: {@link #OFF} (on demand), {@link #IN_MEMORY} or {@link #TO_FILE}. */
    public static final String RECORD = "dev.retrovisor.record";

    public static final String OFF = "off";
    public static final String IN_MEMORY = "memory";
    public static final String TO_FILE = "file";

    /** Memory for log and checkpoints in MB; 0: the monitor decides. */
    public static final String LOG = "dev.retrovisor.log";

    /** Path of the recording that is written (a .retro file), or of the folder where each launch writes one of its own: {@link NewRecording}. */
    public static final String OUTPUT = "dev.retrovisor.output";

    /** Of a launch, not of its configuration: path of the recording that it writes. */
    public static final String WRITTEN = "dev.retrovisor.written";

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry(KIND, ELF),
            Map.entry(TARGET, QEMU),
            Map.entry(STOPPED, "true"),
            Map.entry(MEMORY, "256"),
            Map.entry(BAUD, "115200"),
            Map.entry(RECORD, TO_FILE),
            Map.entry(LOG, "0"),
            Map.entry(PROGRAM, "qemu-system-x86_64"));

    public LaunchSettings {
        attributes = Map.copyOf(attributes);
    }

    /** Program, image and folder of recordings have the preferences as defaults. */
    public static LaunchSettings of(ILaunchConfiguration configuration) throws CoreException {
        Map<String, String> all = new java.util.HashMap<>();
        all.put(PROGRAM, Settings.qemu());
        all.put(MONITOR, Settings.monitor());
        all.put(OUTPUT, Settings.recordings().toString());
        configuration.getAttributes().forEach((key, value) -> {
            if (value instanceof String text && !text.isBlank()) {
                all.put(key, text.strip());
            }
        });
        return new LaunchSettings(all);
    }

    /** Empty if there is none and no default. */
    public String get(String key) {
        return attributes.getOrDefault(key, DEFAULTS.getOrDefault(key, ""));
    }

    boolean is(String key, String value) {
        return get(key).equals(value);
    }

    public boolean isReplay() {
        return is(KIND, RECORDING);
    }

    /** True if a QEMU of our own is started. */
    public boolean startsQemu() {
        return isReplay() || is(TARGET, QEMU);
    }

    /** True if the guest's first serial port can be shown. */
    boolean hasConsole() {
        return startsQemu() && !isReplay();
    }

    public boolean startsStopped() {
        return isReplay() || is(STOPPED, "true");
    }

    /** What has to be done before this can be launched; empty if nothing. */
    public Optional<String> complaint() {
        return mainComplaint().or(this::targetComplaint).or(this::recordingComplaint);
    }

    /** Of the attributes in the tab Main. */
    public Optional<String> mainComplaint() {
        return guestComplaint().or(() -> optional(SYMBOLS, "the file with symbols"));
    }

    private Optional<String> guestComplaint() {
        if (isReplay()) {
            return file(FILE, "the recording (a .retro file)");
        }
        if (!startsQemu()) {
            return is(KIND, ELF) ? optional(GUEST, "the guest's file with symbols") : Optional.empty();
        }
        if (is(KIND, LINUX)) {
            return file(KERNEL, "the Linux kernel (a bzImage)").or(() -> optional(INITRD, "the initial RAM disk"));
        }
        return is(KIND, BOOTED) ? imageComplaint() : file(GUEST, "the guest, a Multiboot 1 kernel");
    }

    private Optional<String> imageComplaint() {
        if (get(DISK).isEmpty() && get(CDROM).isEmpty()) {
            return Optional.of("Choose the image of the disk or of the CD that the BIOS boots");
        }
        return optional(DISK, "the disk's image").or(() -> optional(CDROM, "the CD's image"));
    }

    /** Of those in the tab Target. */
    public Optional<String> targetComplaint() {
        if (startsQemu()) {
            return file(MONITOR, "the monitor's image (stub-monitor/build/monitor.bin)")
                    .or(() -> number(MEMORY, "Memory", 4, 1 << 20));
        }
        if (is(TARGET, TCP)) {
            return get(ADDRESS).matches(".+:[0-9]{1,5}")
                    ? Optional.empty()
                    : Optional.of("Target: enter the address as HOST:PORT, such as localhost:4444");
        }
        return get(DEVICE).isEmpty()
                ? Optional.of("Target: choose the serial port, such as /dev/ttyUSB0")
                : number(BAUD, "Speed", 1, 4_000_000);
    }

    /** Of those in the tab Recording. */
    public Optional<String> recordingComplaint() {
        if (!startsQemu() || isReplay() || is(RECORD, OFF)) {
            return Optional.empty();
        }
        if (is(RECORD, TO_FILE) && get(OUTPUT).isEmpty()) {
            return Optional.of("Recording: choose the file or folder to record into");
        }
        return number(LOG, "Log memory", 0, 2048);
    }

    private Optional<String> file(String key, String what) {
        if (get(key).isEmpty()) {
            return Optional.of("Choose " + what);
        }
        return Files.isReadable(Path.of(get(key)))
                ? Optional.empty()
                : Optional.of(get(key) + ": not there or not readable; choose " + what);
    }

    private Optional<String> optional(String key, String what) {
        return get(key).isEmpty() ? Optional.empty() : file(key, what);
    }

    private Optional<String> number(String key, String what, long least, long most) {
        String text = get(key);
        boolean good = text.matches("[0-9]{1,9}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
        return good ? Optional.empty() : Optional.of(what + ": enter a number from " + least + " to " + most);
    }

    /** The file with symbols that a debugger wants; empty if there is none. */
    public Optional<Path> symbols() {
        return List.of(SYMBOLS, GUEST).stream()
                .filter(key -> key.equals(SYMBOLS) || is(KIND, ELF))
                .map(this::get)
                .filter(text -> !text.isEmpty())
                .map(Path::of)
                .findFirst();
    }

    /** The same for one launch, whose recording has a name of its own. */
    public LaunchSettings launched(String configuration, LocalDateTime now) {
        if (isReplay() || recording().isEmpty()) {
            return this;
        }
        Map<String, String> all = new java.util.HashMap<>(attributes);
        all.put(
                OUTPUT,
                NewRecording.in(Path.of(get(OUTPUT)), configuration, now).toString());
        return new LaunchSettings(all);
    }

    /** The recording that is replayed or written; of settings that are {@link #launched}. */
    public Optional<Path> recording() {
        if (isReplay()) {
            return Optional.of(Path.of(get(FILE)));
        }
        return startsQemu() && is(RECORD, TO_FILE) ? Optional.of(Path.of(get(OUTPUT))) : Optional.empty();
    }

    /** What is debugged, for people. */
    public String name() {
        if (isReplay()) {
            return fileName(FILE);
        }
        if (!startsQemu()) {
            return is(TARGET, TCP) ? get(ADDRESS) : get(DEVICE);
        }
        return fileName(guestKey());
    }

    private String guestKey() {
        return switch (get(KIND)) {
            case LINUX -> KERNEL;
            case BOOTED -> get(DISK).isEmpty() ? CDROM : DISK;
            default -> GUEST;
        };
    }

    private String fileName(String key) {
        return String.valueOf(Path.of(get(key)).getFileName());
    }

    /** The bridge's command line; debuggers are served on any free port. {@code console}: the guest's first serial port, in QEMU's words. */
    List<String> command(String console) {
        return new LaunchCommand(this).words(console);
    }
}
