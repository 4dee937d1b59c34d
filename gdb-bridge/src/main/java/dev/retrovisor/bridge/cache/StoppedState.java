// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cache;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What is known of the guest as it stands, and what never changes. */
public final class StoppedState {
    /** Answered alike until the guest runs or something is written. */
    private static final List<String> UNCHANGED_WHILE_STOPPED = List.of(
            "?", "g", "p", "H", "T", "qC", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo,", "qXfer:threads:");

    /** One CPU is one thread, always the same. */
    private static final List<String> NEVER_CHANGED =
            List.of("qXfer:features:read:", "vCont?", "qAttached", "H", "T", "qC", "qfThreadInfo", "qsThreadInfo");

    private static final List<String> OF_THE_THREAD = List.of("qThreadExtraInfo,", "qXfer:threads:");

    private static final int MOST_ANSWERS = 2048;

    private final Map<Bytes, Bytes> forever = new HashMap<>();
    private final Map<Bytes, Bytes> answers = new HashMap<>();
    private final MemoryLines lines = new MemoryLines();
    private final ReadAhead ahead = new ReadAhead();

    /** Of the thread, as it was when its sum was {@code threadSum}. */
    private final Map<Bytes, Bytes> threads = new HashMap<>();

    private OptionalInt threadSum = OptionalInt.empty();
    private boolean isPictured;
    private Optional<RegisterLayout> layout = Optional.empty();
    private Optional<StopReply> stop = Optional.empty();

    /** True for commands that read the guest's state and nothing else. */
    public static boolean isQuestion(Bytes command) {
        return startsWithAny(command, UNCHANGED_WHILE_STOPPED)
                || startsWithAny(command, NEVER_CHANGED)
                || MemoryRequest.parse(command).isPresent();
    }

    /** The guest has stopped, or is stopped: {@code reply} says how, if it is a stop reply. */
    public void stopped(Bytes reply) {
        stop = StopReply.parse(reply);
        stop.ifPresent(known -> answers.put(Bytes.ascii("?"), reply));
    }

    /** The guest has stopped after a step, as {@code picture} shows it. */
    public void stopped(Picture picture) {
        stopped(picture.stopReply());
        picture.general().ifPresent(general -> answers.put(Bytes.ascii("g"), general));
        picture.fill(lines);
        keepThreads(picture.threadSum());
    }

    /** Most steps do not change the CPU's mode, nor its address space. */
    private void keepThreads(int sum) {
        if (threadSum.isEmpty() || threadSum.getAsInt() != sum) {
            threads.clear();
        }
        threadSum = OptionalInt.of(sum);
        isPictured = true;
        answers.putAll(threads);
    }

    /** What is read on, in pieces. */
    public ReadAhead ahead() {
        return ahead;
    }

    /** Anything may be different now. */
    public void forget() {
        answers.clear();
        forgetMemory();
        isPictured = false;
        stop = Optional.empty();
    }

    /** Memory was written; the registers are as they were. */
    public void forgetMemory() {
        lines.clear();
        ahead.forget();
    }

    /** The other side may be another one. */
    public void forgetAll() {
        forget();
        forever.clear();
        threads.clear();
        layout = Optional.empty();
    }

    public void describe(Optional<RegisterLayout> registers) {
        layout = registers;
    }

    /** The monitor answered {@code command} so. */
    public void learn(Bytes command, Bytes reply) {
        boolean isError = reply.startsWith("E");
        if (startsWithAny(command, NEVER_CHANGED) || reply.length() == 0) {
            keep(forever, command, reply);
        } else if (startsWithAny(command, UNCHANGED_WHILE_STOPPED) && !isError) {
            keep(answers, command, reply);
            if (isPictured && startsWithAny(command, OF_THE_THREAD)) {
                keep(threads, command, reply);
            }
        }
        MemoryRequest.parse(command).ifPresent(request -> learnMemory(request, reply));
    }

    private void learnMemory(MemoryRequest request, Bytes reply) {
        if (isWorthKeeping(request)) {
            request.memory(reply).ifPresent(memory -> lines.put(request.address(), memory));
        }
    }

    private static void keep(Map<Bytes, Bytes> known, Bytes command, Bytes reply) {
        if (known.size() < MOST_ANSWERS) {
            known.put(command, reply);
        }
    }

    /** The answer, if it is known without asking. */
    public Optional<Bytes> answer(Bytes command) {
        Bytes known = forever.getOrDefault(command, answers.get(command));
        if (known != null) {
            return Optional.of(known);
        }
        if (command.startsWith("p")) {
            return register(command.text().substring(1));
        }
        return MemoryRequest.parse(command)
                .flatMap(request -> lines.get(request).map(request::answer));
    }

    private Optional<Bytes> register(String digits) {
        if (!digits.matches("[0-9a-f]{1,4}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(digits, 16);
        Optional<Bytes> expedited = stop.map(reply -> reply.registers().get(number))
                .map(value -> Bytes.ascii(HexFormat.of().formatHex(value.toArray())));
        Optional<Bytes> all = Optional.ofNullable(answers.get(Bytes.ascii("g")));
        return expedited.or(() -> layout.flatMap(registers -> all.flatMap(g -> registers.register(number, g))));
    }

    /** True if memory lies where it is likely to be asked for again. */
    public boolean isWorthKeeping(MemoryRequest request) {
        return isNear(request, StopReply.RSP) || isNear(request, StopReply.RIP);
    }

    private boolean isNear(MemoryRequest request, int register) {
        OptionalLong pointer = pointer(register);
        return pointer.isPresent() && MemoryLines.isNear(request, pointer.getAsLong());
    }

    /** Where the stack pointer or instruction pointer is, if the last stop reply said it. */
    public OptionalLong pointer(int register) {
        return stop.map(reply -> reply.register(register)).orElse(OptionalLong.empty());
    }

    private static boolean startsWithAny(Bytes command, List<String> prefixes) {
        return prefixes.stream().anyMatch(command::startsWith);
    }
}
