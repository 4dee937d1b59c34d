// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.Symbols;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;

/** A filter in one line, for views: the options of {@code log}, whose dashes may be left out before {@code name=value}. */
@CommandLine.Command(name = "filter")
public final class FilterLine {
    /** For the user. */
    public static final String EXAMPLES =
            "kind=interrupt,dma   port=0x300-0x31f   address=0xfebf0000+0x1000   vector=33   rip=function   from=@1000 to=end";

    @CommandLine.Mixin
    private FilterOptions options;

    private FilterLine() {}

    /** Fails with an {@link IllegalArgumentException}, whose message is for the user, if the line means nothing. */
    public static EventFilter parse(String line, RecordingReader recording, Symbols symbols) throws RecordingException {
        String[] words = Arrays.stream(line.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .map(FilterLine::option)
                .toArray(String[]::new);
        FilterLine filter = new FilterLine();
        try {
            new CommandLine(filter).parseArgs(words);
            return filter.options.filter(recording, symbols);
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(message(e), e);
        }
    }

    private static String option(String word) {
        return word.matches("[a-zA-Z]+=.*")
                ? "--" + word.substring(0, word.indexOf('=')).toLowerCase(Locale.ROOT)
                        + word.substring(word.indexOf('='))
                : word;
    }

    private static String message(CommandLine.ParameterException wrong) {
        return wrong instanceof CommandLine.UnmatchedArgumentException unmatched
                ? String.join(" ", unmatched.getUnmatched()) + " (expected: such as " + EXAMPLES + ")"
                : wrong.getMessage();
    }
}
