// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.events.Timeline;
import dev.retrovisor.store.query.Range;
import java.util.Optional;

/** The range of instants whose events the timeline shows; they are counted in the background. */
final class CountedRange {
    private static final int BINS = 640;

    private final OpenRecording recording;
    private final TimelineStrip strip;
    private Optional<Timeline> timeline = Optional.empty();

    CountedRange(OpenRecording recording, TimelineStrip strip) {
        this.recording = recording;
        this.strip = strip;
    }

    /** As much of it as the recording has. */
    void show(Range wanted) {
        cancel();
        recording.instants().ifPresent(all -> {
            long first = Math.max(all.first(), Math.min(wanted.first(), all.last()));
            Range inside = new Range(first, Math.max(first, Math.min(wanted.last(), all.last())));
            timeline = recording.source().map(from -> from.timeline(inside, BINS));
            strip.show(timeline);
        });
    }

    void showAll() {
        recording.instants().ifPresent(this::show);
    }

    /** The recording has grown; who had zoomed stays there. */
    void grow(Range before) {
        if (timeline.map(Timeline::instants).filter(before::equals).isPresent()) {
            showAll();
        }
    }

    void cancel() {
        timeline.ifPresent(Timeline::cancel);
        timeline = Optional.empty();
    }
}
