// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.recording;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.Base;
import dev.retrovisor.store.format.Checkpoint;
import dev.retrovisor.store.format.CheckpointWriter;
import dev.retrovisor.store.format.Mark;
import dev.retrovisor.store.format.RecordingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A replay's way forward, and the checkpoints that it leaves in the recording's file where nobody was yet. What hinders that is said
 * once, and the replay goes on without.
 */
public final class CheckpointTrail {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PAGE = 4096;
    private static final int FRAME_BYTES = 4;

    private final MonitorDialogue monitor;
    private final ReplayOpening replay;
    private final Base base;
    private final List<Long> plan;
    private final Consumer<String> complaints;
    private Optional<CheckpointWriter> writer;
    private int count;
    private long last;

    /**
     * Of a monitor that stands at the last of the checkpoints that it has been given, or at the beginning.
     *
     * @param plan the instants where checkpoints belong, rising
     * @param writer none: nothing is left
     * @param given the checkpoints that the way begins behind
     */
    public CheckpointTrail(
            MonitorDialogue monitor,
            Base base,
            List<Long> plan,
            Optional<CheckpointWriter> writer,
            List<Long> given,
            Consumer<String> complaints) {
        this.monitor = monitor;
        this.replay = new ReplayOpening(monitor);
        this.base = base;
        this.plan = List.copyOf(plan);
        this.writer = writer;
        this.count = given.size();
        this.last = given.isEmpty() ? base.instant() : given.get(given.size() - 1);
        this.complaints = complaints;
    }

    /** Where it stands at the instant of a mark: is it that state? */
    public void compare(List<Mark> marks) throws LinkLostException, RefusedException {
        if (count == 0 || marks.stream().noneMatch(mark -> mark.instant() == last)) {
            return;
        }
        Mark here = replay.mark();
        for (Mark mark : marks) {
            if (mark.instant() == here.instant() && mark.rip() == here.rip() && mark.digest() != here.digest()) {
                throw new RefusedException("the checkpoint at @" + here.instant() + " has state "
                        + Long.toHexString(here.digest()) + " (recorded: " + Long.toHexString(mark.digest())
                        + "); retrovisor verify makes new ones, --no-checkpoints does without");
            }
        }
    }

    /** The next place at which a checkpoint is to be left, at or before an instant; none if there is no such place. */
    public Optional<Long> next(long instant) {
        return writer.isEmpty()
                ? Optional.empty()
                : plan.stream()
                        .filter(place -> place > last && place <= instant)
                        .findFirst();
    }

    /** Goes to an instant. */
    public void seek(long instant) throws LinkLostException, RefusedException {
        for (Optional<Long> place; (place = next(instant)).isPresent(); ) {
            replay.seek(place.get());
            leave();
        }
        replay.seek(instant);
    }

    /** Leaves a checkpoint where the guest stands. */
    public void leave() throws LinkLostException, RefusedException {
        try {
            leave(writer.orElseThrow());
        } catch (RecordingException e) {
            writer = Optional.empty();
            complaints.accept(e.getMessage());
        }
    }

    private void leave(CheckpointWriter to) throws LinkLostException, RefusedException, RecordingException {
        byte[] packet = monitor.ask("qRetro.Here", PATIENCE);
        Reply here = Reply.parse(packet, 'H', 9)
                .orElseThrow(() -> new RefusedException("the monitor does not say its state (" + text(packet) + ")"));
        to.begin(
                count + 1,
                new Checkpoint(
                        here.number(1),
                        base.position() + here.number(2),
                        here.number(3),
                        here.numbers().subList(4, 9),
                        Arrays.copyOfRange(packet, here.bytesAt(), packet.length)));
        long frame = 0;
        long frames = 1;
        while (frame < frames) {
            Reply pages = changes(frame);
            byte[] bytes = pages.packet();
            for (int at = pages.bytesAt(); at + FRAME_BYTES + PAGE <= bytes.length; at += FRAME_BYTES + PAGE) {
                int number =
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
                to.page(number & 0xffffffffL, Arrays.copyOfRange(bytes, at + FRAME_BYTES, at + FRAME_BYTES + PAGE));
            }
            frame = pages.number(2);
            frames = pages.number(3);
        }
        to.end();
        count++;
        last = here.number(1);
    }

    private Reply changes(long frame) throws LinkLostException, RefusedException {
        byte[] packet =
                monitor.ask("qRetro.Changes:" + Long.toHexString(last) + "," + Long.toHexString(frame), PATIENCE);
        return Reply.parse(packet, 'C', 4)
                .orElseThrow(
                        () -> new RefusedException("the monitor does not say what has changed (" + text(packet) + ")"));
    }

    /** How many there are up to here. */
    public int count() {
        return count;
    }

    private static String text(byte[] packet) {
        return new String(packet, StandardCharsets.ISO_8859_1);
    }
}
