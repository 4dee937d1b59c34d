// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Path;

/**
 * A recording in a line.
 *
 * @param guest the file name of what was recorded
 * @param bytes of the file
 * @param lastInstant where a replay ends; says nothing if it cannot be read, nor does {@code events}
 * @param state whether it is whole, or why it cannot be read
 */
public record RecordingSummary(Path file, String guest, long bytes, long lastInstant, long events, String state) {
    private static final long UNREADABLE = -1;

    /** Never fails: a file that is no recording says so in its state. */
    static RecordingSummary of(Path file) {
        try (RecordingReader recording = Recordings.open(file)) {
            RecordingReader.End end = recording.end();
            Path guest = Path.of(recording.facts().getOrDefault("guest", ""));
            return new RecordingSummary(
                    file,
                    String.valueOf(guest.getFileName()),
                    recording.fileBytes(),
                    end.instant(),
                    recording.events(),
                    end.isTorn() ? "not closed, or a part is missing" : "whole");
        } catch (RecordingException e) {
            return new RecordingSummary(file, "", file.toFile().length(), UNREADABLE, 0, reason(file, e.getMessage()));
        }
    }

    /** The file's name stands beside it. */
    private static String reason(Path file, String message) {
        String name = file + ": ";
        return message.startsWith(name) ? message.substring(name.length()) : message;
    }

    /** False if it is no recording, or one that cannot be read. */
    public boolean isReadable() {
        return lastInstant != UNREADABLE;
    }
}
