// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine;

/** A place in a recording, as users say it: {@code begin}, {@code end}, {@code @123}, {@code event:42}. */
final class Moment {
    private Moment() {}

    /** The instant; none if it is not said in such a way. */
    static OptionalLong instant(String text, RecordingReader recording) throws RecordingException {
        if (text.equals("begin")) {
            return OptionalLong.of(recording.base().instant());
        }
        if (text.equals("end")) {
            return OptionalLong.of(recording.end().instant());
        }
        if (text.matches("@?[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(text.replace("@", "")));
        }
        if (text.matches("event:[0-9]{1,18}")) {
            return OptionalLong.of(recording.instantOf(Long.parseLong(text.substring("event:".length()))));
        }
        return OptionalLong.empty();
    }

    /** The instant, which must be in the recording; {@code option} is named if it is not, or is not said in such a way. */
    static long within(CommandLine.Model.CommandSpec command, String option, String text, RecordingReader recording)
            throws RecordingException {
        return within(command, option, text, EXPECTED, recording);
    }

    /** The same, where more than a moment may be said. */
    static long within(
            CommandLine.Model.CommandSpec command,
            String option,
            String text,
            String expected,
            RecordingReader recording)
            throws RecordingException {
        OptionalLong instant = instant(text, recording);
        long begin = recording.base().instant();
        long end = recording.end().instant();
        if (instant.isEmpty() || instant.getAsLong() < begin || instant.getAsLong() > end) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    option + ": " + text + " (expected: " + expected + ", from @" + begin + " to @" + end + ")");
        }
        return instant.getAsLong();
    }

    /** What a shell offers. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("begin", "end", "event:").iterator();
        }
    }

    /** For messages. */
    static final String EXPECTED = "begin, end, @INSTANT or event:NUMBER";
}
