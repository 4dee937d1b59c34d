// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * One sum over everything that a replay uses, which stands in the recording as the fact {@value #FACT}: a packed recording that was
 * changed on its way shows it. It is no signature: whoever changes a recording can seal it anew.
 */
public final class Seal {
    static final String FACT = "seal";

    private Seal() {}

    /** SHA-256 over the facts but this one, the base with its pages, the whole log with its positions, the marks, and the checkpoints if there are any. */
    static String of(RecordingReader recording) throws RecordingException {
        MessageDigest sum = Checks.beginBase(recording.machine(), recording.base());
        for (Map.Entry<String, String> fact : recording.facts().entrySet()) {
            if (!fact.getKey().equals(FACT)) {
                sum.update((fact.getKey() + "=" + fact.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        recording.<RuntimeException>pages((frame, content) -> Checks.addPage(sum, frame, content));
        recording.<RuntimeException>wholeLog((position, log) -> {
            sum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, position));
            sum.update(log);
        });
        for (Mark mark : recording.marks()) {
            sum.update(mark.toString().getBytes(StandardCharsets.UTF_8));
        }
        Checkpoints checkpoints = Checkpoints.of(recording);
        if (!checkpoints.states().isEmpty()) {
            sum.update(checkpoints.sum());
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    /** Whether the seal holds; none if there is no seal. */
    public static Optional<Boolean> holds(RecordingReader recording) throws RecordingException {
        String seal = recording.facts().get(FACT);
        return seal == null ? Optional.empty() : Optional.of(seal.equals(of(recording)));
    }
}
