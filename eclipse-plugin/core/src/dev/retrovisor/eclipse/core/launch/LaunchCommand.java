// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import java.util.ArrayList;
import java.util.List;

/** A launch as a command line of the bridge. */
final class LaunchCommand {
    private final LaunchSettings settings;
    private final List<String> words = new ArrayList<>();

    LaunchCommand(LaunchSettings settings) {
        this.settings = settings;
    }

    /** {@code console}: the guest's first serial port, in QEMU's words. */
    List<String> words(String console) {
        if (settings.isReplay()) {
            words.addAll(List.of("replay", settings.get(LaunchSettings.FILE)));
            add("--symbols", LaunchSettings.SYMBOLS);
        } else if (settings.startsQemu()) {
            run(console);
        } else {
            attach();
        }
        words.addAll(List.of("--port", "0"));
        if (settings.startsQemu()) {
            add("--qemu", LaunchSettings.PROGRAM);
            add("--monitor", LaunchSettings.MONITOR);
            options();
        }
        return words;
    }

    private void run(String console) {
        boolean toFile = settings.is(LaunchSettings.RECORD, LaunchSettings.TO_FILE);
        words.add(toFile ? "record" : "run");
        if (toFile) {
            words.add(settings.get(LaunchSettings.OUTPUT));
        } else if (settings.is(LaunchSettings.RECORD, LaunchSettings.IN_MEMORY)) {
            words.add("--record");
        }
        words.addAll(List.of("--stopped", "--console", console));
        guest();
        add("--symbols", LaunchSettings.SYMBOLS);
        add("--memory", LaunchSettings.MEMORY);
        add("--log", LaunchSettings.LOG);
    }

    private void guest() {
        switch (settings.get(LaunchSettings.KIND)) {
            case LaunchSettings.LINUX -> {
                add("--kernel", LaunchSettings.KERNEL);
                add("--initrd", LaunchSettings.INITRD);
                add("--append", LaunchSettings.APPEND);
            }
            case LaunchSettings.BOOTED -> {
                add("--disk", LaunchSettings.DISK);
                add("--cdrom", LaunchSettings.CDROM);
            }
            default -> {
                add("--guest", LaunchSettings.GUEST);
                add("--append", LaunchSettings.APPEND);
            }
        }
    }

    private void attach() {
        words.add("attach");
        if (settings.is(LaunchSettings.TARGET, LaunchSettings.TCP)) {
            add("--tcp", LaunchSettings.ADDRESS);
        } else {
            add("--serial", LaunchSettings.DEVICE);
            add("--baud", LaunchSettings.BAUD);
        }
        settings.symbols().ifPresent(file -> words.add(file.toString()));
    }

    private void add(String option, String key) {
        if (!settings.get(key).isEmpty()) {
            words.add(option + "=" + settings.get(key)); // in one word: a value may begin with a minus
        }
    }

    private void options() {
        String options = settings.get(LaunchSettings.OPTIONS);
        if (!options.isEmpty()) {
            words.add("--");
            words.addAll(List.of(options.split("\\s+")));
        }
    }
}
