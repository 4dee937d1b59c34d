// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.recording.CheckpointTrail;
import dev.retrovisor.bridge.server.MonitorDialogue;
import dev.retrovisor.store.format.CheckpointPlan;
import dev.retrovisor.store.format.CheckpointWriter;
import dev.retrovisor.store.format.Checkpoints;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** What a replay does with the checkpoints in a recording's file (docs/decisions/0076). */
final class CheckpointOptions {
    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--no-checkpoints",
            description = {
                "neither use nor leave checkpoints in the file. Else the replay leaves some on its way, so that the next one is quick;",
                "a file that is sealed or may not be written stays as it is"
            })
    private boolean none;

    @CommandLine.Option(
            names = "--checkpoint-every",
            paramLabel = "INSTANTS",
            description = "how far apart they are left (default: by the recording's length, at most 24 of them)")
    private Long every;

    /** To be called before the file is opened for reading, and closed; null: nothing is to be left. */
    CheckpointWriter writer(Path file) {
        if (every != null && every < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--checkpoint-every: " + every + " (expected: 1 or more)");
        }
        return none ? null : CheckpointWriter.open(file).orElse(null);
    }

    /** Those that a replay may begin from. */
    Checkpoints given(RecordingReader recording) throws RecordingException {
        return none ? Checkpoints.none(recording) : Checkpoints.of(recording);
    }

    /** {@code given}: instants of the checkpoints that the monitor has. */
    CheckpointTrail trail(
            RecordingReader recording,
            MonitorDialogue monitor,
            CheckpointWriter writer,
            List<Long> given,
            Console console)
            throws RecordingException {
        List<Long> plan = every == null ? CheckpointPlan.of(recording) : CheckpointPlan.of(recording, every);
        return new CheckpointTrail(monitor, recording.base(), plan, Optional.ofNullable(writer), given, console::warn);
    }
}
