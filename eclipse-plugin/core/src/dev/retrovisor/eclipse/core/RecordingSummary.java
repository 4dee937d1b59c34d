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
 * @param lastInstant where a replay ends
 * @param state whether it is whole, or why it cannot be read; the other values are 0 and empty then
 */
public record RecordingSummary(Path file, String guest, long bytes, long lastInstant, long events, String state) {
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
            return new RecordingSummary(file, "", 0, 0, 0, e.getMessage());
        }
    }
}
