// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a launch configuration may say, and what the monitor's status means: needs no workbench. */
@ExtendWith(TestLimit.class)
class LaunchSettingsTest {
    private static LaunchSettings with(String... keysAndValues) {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new LaunchSettings(all);
    }

    @Test
    void whatIsMissingIsSaid(@TempDir Path folder) throws Exception {
        String file = Files.writeString(folder.resolve("a file"), "").toString();
        String none = folder.resolve("none").toString();
        assertTrue(complaint().contains("Choose the guest"));
        assertTrue(complaint(LaunchSettings.GUEST, none).contains(none + ": not there"));
        assertTrue(complaint(LaunchSettings.GUEST, file).contains("Choose the monitor's image"));
        String[] good = {
            LaunchSettings.GUEST, file, LaunchSettings.MONITOR, file, LaunchSettings.OUTPUT, folder.toString()
        };
        assertEquals(Optional.empty(), with(good).complaint());
        assertTrue(complaint(LaunchSettings.KIND, LaunchSettings.LINUX).contains("Linux kernel"));
        assertTrue(complaint(LaunchSettings.KIND, LaunchSettings.RECORDING).contains(".retro"));
        assertTrue(complaint(LaunchSettings.TARGET, LaunchSettings.TCP).contains("HOST:PORT"));
        assertTrue(complaint(LaunchSettings.TARGET, LaunchSettings.SERIAL).contains("/dev/ttyUSB0"));
        assertTrue(complaint(
                        LaunchSettings.TARGET,
                        LaunchSettings.SERIAL,
                        LaunchSettings.DEVICE,
                        "x",
                        LaunchSettings.BAUD,
                        "0")
                .contains("from 1 to"));
    }

    @Test
    void whatABiosBootsIsADiskOrACd(@TempDir Path folder) throws Exception {
        String file = Files.writeString(folder.resolve("a file"), "").toString();
        String none = folder.resolve("none").toString();
        String[] booted = {
            LaunchSettings.MONITOR,
            file,
            LaunchSettings.KIND,
            LaunchSettings.BOOTED,
            LaunchSettings.OUTPUT,
            folder.toString()
        };
        assertTrue(booted(booted).contains("Choose the image"));
        assertTrue(booted(booted, LaunchSettings.DISK, none).contains(none + ": not there"));
        assertTrue(booted(booted, LaunchSettings.DISK, file, LaunchSettings.CDROM, none)
                .contains("the CD's image"));
        assertEquals("", booted(booted, LaunchSettings.CDROM, file));
        assertTrue(booted(booted, LaunchSettings.CDROM, file, LaunchSettings.SYMBOLS, none)
                .contains("symbols"));
    }

    private static String booted(String[] booted, String... more) {
        return complaint(Stream.of(booted, more).flatMap(Stream::of).toArray(String[]::new));
    }

    private static String complaint(String... keysAndValues) {
        return with(keysAndValues).complaint().orElse("");
    }

    @Test
    void eachLaunchHasARecordingOfItsOwn(@TempDir Path folder) throws Exception {
        LocalDateTime now = LocalDateTime.of(2026, 11, 28, 5, 4, 3);
        LaunchSettings settings = with(LaunchSettings.OUTPUT, folder.toString());
        Path first = folder.resolve("my_ticks_2-20261128-050403.retro");
        assertEquals(Optional.of(first), settings.launched("my ticks/2", now).recording());
        Files.writeString(first, "");
        Path second = folder.resolve("my_ticks_2-20261128-050403-2.retro");
        assertEquals(Optional.of(second), settings.launched("my ticks/2", now).recording());
        Files.writeString(second, "");
        assertTrue(settings.launched("my ticks/2", now)
                .recording()
                .orElseThrow()
                .endsWith("my_ticks_2-20261128-050403-3.retro"));
        LaunchSettings inMemory = with(LaunchSettings.RECORD, LaunchSettings.IN_MEMORY);
        assertEquals(Optional.empty(), inMemory.launched("ticks", now).recording());
    }

    @Test
    void aRecordingIsNotWrittenOver(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("here.retro");
        LaunchSettings settings = with(LaunchSettings.OUTPUT, file.toString());
        assertEquals(
                Optional.of(file),
                settings.launched("ticks", LocalDateTime.now()).recording());
        Files.writeString(file, "");
        assertEquals(
                Optional.of(folder.resolve("here-2.retro")),
                settings.launched("ticks", LocalDateTime.now()).recording());
        LaunchSettings replay =
                with(LaunchSettings.KIND, LaunchSettings.RECORDING, LaunchSettings.FILE, file.toString());
        assertEquals(
                Optional.of(file), replay.launched("ticks", LocalDateTime.now()).recording());
    }

    @Test
    void thePlaceIsReadFromTheStatus() {
        assertEquals(Place.NOWHERE, Place.of("mode live, not recording\n"));
        assertEquals(
                new Place(OptionalLong.of(29), OptionalLong.of(0), OptionalLong.of(30), true),
                Place.of("mode in the past (replay)\ndma off\nnow @29\nhistory @0..@30\nlog 0 of 1 bytes\n"));
        assertEquals(
                new Place(OptionalLong.of(30), OptionalLong.of(0), OptionalLong.of(30), false),
                Place.of("mode live end of the recording\nnow @30\nhistory @0..@30\n"));
    }
}
