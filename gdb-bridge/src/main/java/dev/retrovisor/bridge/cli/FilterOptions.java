// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.store.format.EventKind;
import dev.retrovisor.store.format.RecordingException;
import dev.retrovisor.store.format.RecordingReader;
import dev.retrovisor.store.query.EventFilter;
import dev.retrovisor.store.query.Range;
import dev.retrovisor.store.query.Symbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/** Which events are meant. */
final class FilterOptions {
    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    /** What a shell offers. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(EventKind.values())
                    .map(kind -> kind.words.replace(' ', '-'))
                    .iterator();
        }
    }

    @CommandLine.Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            completionCandidates = Kinds.class,
            description = "kinds, as they are printed, such as port-read or dma; more with commas between")
    private List<String> kinds = new ArrayList<>();

    @CommandLine.Option(names = "--port", paramLabel = "RANGE", description = "accesses to these ports")
    private String port;

    @CommandLine.Option(
            names = "--address",
            paramLabel = "RANGE",
            description = "device memory, pages written by devices, MSRs: what the event has as its address")
    private String address;

    @CommandLine.Option(names = "--vector", paramLabel = "RANGE", description = "interrupts with these vectors")
    private String vector;

    @CommandLine.Option(
            names = "--rip",
            paramLabel = "RANGE|FUNCTION",
            description = "where the guest was: addresses, or a function of the guest's symbols")
    private String rip;

    @CommandLine.Option(
            names = "--from",
            paramLabel = "WHERE",
            completionCandidates = Moment.Words.class,
            description = "not before: " + Moment.EXPECTED)
    private String from;

    @CommandLine.Option(
            names = "--to",
            paramLabel = "WHERE",
            completionCandidates = Moment.Words.class,
            description = "not after: " + Moment.EXPECTED)
    private String to;

    @CommandLine.Option(
            names = "--symbols",
            paramLabel = "ELF",
            description = "the guest's symbols (default: the file named in the recording)")
    private Path symbols;

    /** The guest's functions, as far as their file is here. */
    Symbols symbols(RecordingReader recording) throws RecordingException {
        return Symbols.of(symbols != null ? symbols : Path.of(recording.facts().getOrDefault("symbols", "")));
    }

    EventFilter filter(RecordingReader recording, Symbols functions) throws RecordingException {
        Set<Integer> wanted = new HashSet<>();
        for (String name : kinds) {
            wanted.add(EventKind.number(name).orElseThrow(() -> wrong("--kind", name, names())));
        }
        Range addresses = Range.ALL;
        if (port != null) {
            addresses = range("--port", port);
            narrow(wanted, Set.of(EventKind.PORT_READ.number, EventKind.PORT_WRITE.number), "--port");
        }
        if (vector != null) {
            addresses = range("--vector", vector);
            narrow(wanted, Set.of(EventKind.INTERRUPT.number), "--vector");
        }
        if (address != null) {
            addresses = range("--address", address);
        }
        return new EventFilter(wanted, addresses, instants(recording), rips(functions));
    }

    /** Of the kinds that were asked for only those that an option is about. */
    private void narrow(Set<Integer> wanted, Set<Integer> about, String option) {
        if (wanted.isEmpty()) {
            wanted.addAll(about);
        } else if (wanted.retainAll(about) && wanted.isEmpty()) {
            throw wrong(option, "with these kinds", "the kinds it is about, or no --kind");
        }
    }

    private Range rips(Symbols functions) {
        if (rip == null) {
            return Range.ALL;
        }
        return Numbers.range(rip, functions)
                .orElseThrow(() -> wrong(
                        "--rip",
                        rip,
                        Numbers.EXPECTED_RANGE
                                + (functions.isEmpty()
                                        ? "; there are no symbols, see --symbols"
                                        : ", or a function of the guest")));
    }

    private Range instants(RecordingReader recording) throws RecordingException {
        long first = from == null ? 0 : moment("--from", from, recording);
        long last = to == null ? -1 : moment("--to", to, recording);
        if (Long.compareUnsigned(first, last) > 0) {
            throw wrong("--to", to, "not before --from, @" + first);
        }
        return new Range(first, last);
    }

    private long moment(String option, String text, RecordingReader recording) throws RecordingException {
        return Moment.instant(text, recording).orElseThrow(() -> wrong(option, text, Moment.EXPECTED));
    }

    private Range range(String option, String text) {
        Optional<Range> range = Numbers.range(text);
        return range.orElseThrow(() -> wrong(option, text, Numbers.EXPECTED_RANGE));
    }

    private static String names() {
        List<String> names = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            names.add(kind.words.replace(' ', '-'));
        }
        return String.join(", ", names);
    }

    private CommandLine.ParameterException wrong(String option, String text, String expected) {
        return new CommandLine.ParameterException(
                command.commandLine(), option + ": " + text + " (expected: " + expected + ")");
    }
}
