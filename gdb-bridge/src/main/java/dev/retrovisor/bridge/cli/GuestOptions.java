// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.files.SystemMap;
import dev.retrovisor.bridge.qemu.BootDisk;
import dev.retrovisor.bridge.qemu.BootModule;
import dev.retrovisor.bridge.qemu.GuestImage;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.MonitorOptions;
import dev.retrovisor.bridge.session.Opening;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The guest, and what the monitor does with it. */
final class GuestOptions {
    private static final int MAX_LOG_MEGABYTES = 2048;

    @CommandLine.Option(names = "--guest", paramLabel = "ELF", description = "the guest: a Multiboot 1 kernel")
    private Path guest;

    @CommandLine.Option(
            names = "--kernel",
            paramLabel = "BZIMAGE",
            description = "the guest: a Linux kernel for x86-64")
    private Path kernel;

    @CommandLine.Option(names = "--initrd", paramLabel = "FILE", description = "the Linux kernel's initial RAM disk")
    private Path initrd;

    @CommandLine.Option(
            names = "--disk",
            paramLabel = "IMAGE",
            description = {
                "the guest: what the BIOS boots from this disk (raw or qcow2).",
                "It is written to, unless -snapshot is among QEMU's options"
            })
    private Path disk;

    @CommandLine.Option(
            names = "--cdrom",
            paramLabel = "ISO",
            description = "the guest: what the BIOS boots from this CD, if not from a disk")
    private Path cdrom;

    @CommandLine.Option(
            names = "--append",
            defaultValue = "",
            paramLabel = "ARGS",
            description = "the guest's command line")
    private String append;

    @CommandLine.Option(
            names = "--module",
            paramLabel = "FILE[,ARGS]",
            description = "a Multiboot module for the guest, with its command line; may be given again")
    private List<String> modules = new ArrayList<>();

    @CommandLine.Option(names = "--record", description = "record from the first instruction")
    private boolean record;

    @CommandLine.Option(
            names = "--log",
            defaultValue = "0",
            paramLabel = "MB",
            description = "memory for the log and checkpoints (default: the monitor decides)")
    private int logMegabytes;

    @CommandLine.Mixin
    private LinkOptions link;

    @CommandLine.Option(names = "--stopped", description = "wait for gdb before the first instruction (the default)")
    private boolean stopped;

    @CommandLine.Option(names = "--running", description = "let the guest run at once")
    private boolean running;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--symbols",
            paramLabel = "FILE",
            description =
                    "the file that debuggers get by the bridge, an ELF file or a Linux System.map (default: the guest, or the"
                            + " System.map beside the kernel)")
    private Path symbols;

    boolean isGiven() {
        return guest != null || kernel != null || isBooted();
    }

    /** Whether the BIOS boots the guest. */
    boolean isBooted() {
        return disk != null || cdrom != null;
    }

    Path path() {
        if (!isGiven()) {
            throw wrong("Missing required option: '--guest=ELF', '--kernel=BZIMAGE', '--disk=IMAGE' or '--cdrom=ISO'");
        }
        return Stream.of(disk, cdrom, kernel, guest)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(command.commandLine(), message);
    }

    private void checkKinds() {
        if (isBooted() && (guest != null || kernel != null)) {
            throw wrong("either --guest or --kernel, or --disk and --cdrom, not both");
        }
        if (isBooted() && (initrd != null || !modules.isEmpty() || !append.isEmpty())) {
            throw wrong("--initrd, --module and --append: go with --kernel and --guest, not with a disk");
        }
        if (guest != null && kernel != null) {
            throw wrong("either --guest or --kernel, not both");
        }
        if (initrd != null && kernel == null) {
            throw wrong("--initrd: goes with --kernel (a Multiboot kernel gets --module)");
        }
        if (kernel != null && !modules.isEmpty()) {
            throw wrong("--module: goes with --guest (a Linux kernel gets --initrd)");
        }
    }

    /** What --symbols says, or null. */
    Path givenSymbols() throws GuestImageException {
        if (symbols != null) {
            GuestImage.checkFile(symbols, "check the path given with --symbols");
        }
        return symbols;
    }

    /** The guest's file with symbols; of a Linux kernel the System.map beside it, if that is there. */
    Path symbols() throws GuestImageException {
        if (symbols == null && isBooted()) {
            return Path.of(Console.NO_SYMBOLS);
        }
        if (symbols == null) {
            return kernel == null ? path() : SystemMap.besides(kernel);
        }
        GuestImage.checkFile(symbols, "check the path given with --symbols");
        return symbols;
    }

    /** Of a recording: whether the guest runs as soon as its memory is kept. */
    boolean recordingRuns() {
        return !stopped;
    }

    /** Recording, and the guest does not run before its memory is kept. */
    MonitorOptions recordingOptions() {
        MonitorOptions given = monitorOptions();
        return forThisGuest(new MonitorOptions(given.link(), given.logMegabytes(), false, true));
    }

    MonitorOptions monitorOptions() {
        if (stopped && running) {
            throw wrong("either --stopped or --running, not both");
        }
        if (logMegabytes < 0 || logMegabytes > MAX_LOG_MEGABYTES) {
            throw wrong("--log: " + logMegabytes + " (expected: 1 to " + MAX_LOG_MEGABYTES
                    + " MB, or 0: the monitor decides)");
        }
        return forThisGuest(new MonitorOptions(link.link(), logMegabytes, running, record));
    }

    private MonitorOptions forThisGuest(MonitorOptions options) {
        return isBooted() ? options.withBios() : options;
    }

    /** What is done before debuggers are served. */
    Opening opening() {
        return isBooted() && !running ? new RealModeStart() : Opening.none();
    }

    /** QEMU's options for the disks, and then those that the user gave. */
    List<String> withDisks(List<String> extra) throws GuestImageException {
        List<BootDisk> disks = new ArrayList<>();
        if (disk != null) {
            disks.add(BootDisk.disk(disk));
        }
        if (cdrom != null) {
            disks.add(BootDisk.cd(cdrom));
        }
        List<String> all = new ArrayList<>(disks.isEmpty() ? List.of() : BootDisk.machine(disks));
        all.addAll(extra);
        return all;
    }

    /** The guest's kernel first, then its modules, all of them checked. None for a guest that the BIOS boots. */
    List<BootModule> modules() throws GuestImageException {
        List<BootModule> all = new ArrayList<>();
        checkKinds();
        if (isBooted()) {
            return all;
        }
        if (kernel != null) {
            return linux();
        }
        all.add(new BootModule(GuestImage.check(path()).path(), append));
        for (String module : modules) {
            all.add(module(module));
        }
        return all;
    }

    private List<BootModule> linux() throws GuestImageException {
        BootModule image = new BootModule(GuestImage.checkLinux(kernel).path(), append);
        if (initrd == null) {
            return List.of(image);
        }
        GuestImage.checkFile(initrd, "check the path given with --initrd");
        return List.of(image, new BootModule(initrd, ""));
    }

    private static BootModule module(String text) throws GuestImageException {
        int comma = text.indexOf(',');
        Path file = Path.of(comma < 0 ? text : text.substring(0, comma));
        GuestImage.checkModule(file);
        return new BootModule(file, comma < 0 ? "" : text.substring(comma + 1));
    }
}
