// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.eclipse.core.TimeTravel;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A session as a client of its bridge. What is asked is done one after the other, on one thread. */
public final class BridgeSession implements Session, AutoCloseable {
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(30);

    /** A journey through a long recording takes its time; it can be suspended. */
    private static final Duration RUN_PATIENCE = Duration.ofDays(365);

    private static final int READ_AT_ONCE = 2048;
    private static final Pattern ARRIVED = Pattern.compile("^now at @(\\d+)", Pattern.MULTILINE);

    private final String name;
    private final int port;
    private final Optional<Path> recording;
    private final RspClient client;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(BridgeSession::thread);
    private final Object sending = new Object();
    private volatile SessionState state = SessionState.STOPPED;
    private volatile String message = "";
    private volatile Place place = Place.NOWHERE;
    private volatile TimeTravel travel;

    private BridgeSession(String name, int port, Optional<Path> recording) throws LinkOpenException, LinkLostException {
        this.name = name;
        this.port = port;
        this.recording = recording;
        client = RspClient.connect(port, this::stoppedElsewhere, this::ended);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "session");
        thread.setDaemon(true);
        return thread;
    }

    /** Connects; a guest that runs is stopped, unless another debugger is in control. The session is among {@link Sessions} until it ends. */
    public static BridgeSession open(String name, int port, Optional<Path> recording)
            throws LinkOpenException, LinkLostException {
        BridgeSession session = new BridgeSession(name, port, recording);
        boolean opened = false;
        try {
            session.client.ask("qSupported:swbreak+;hwbreak+;vContSupported+", ANSWER_PATIENCE);
            Bytes stop = session.client.ask("?", ANSWER_PATIENCE);
            session.arrived(stop, session.client.said());
            opened = true;
        } finally {
            if (!opened) {
                session.close();
            }
        }
        Sessions.add(session);
        return session;
    }

    /** From now on somebody else makes the journeys: the debugger that is in control. */
    public void travelBy(TimeTravel other) {
        travel = other;
        told();
    }

    @Override
    public boolean isLed() {
        return travel != null;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SessionState state() {
        return state;
    }

    @Override
    public String message() {
        return message;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public Optional<Path> recording() {
        return recording;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public CompletableFuture<Long> goTo(long instant) {
        return goTo("@" + instant);
    }

    @Override
    public CompletableFuture<Long> goTo(String where) {
        TimeTravel other = travel;
        if (other == null) {
            return whenStopped(() -> seek(where));
        }
        return other.seek(where)
                .thenCompose(instant -> whenStopped(() -> {
                    stands(SessionState.STOPPED);
                    told();
                    return Long.parseLong(instant);
                }));
    }

    private long seek(String where) throws LinkLostException {
        letRun(monitorCommand(where.isEmpty() ? "seek" : "seek " + where));
        Bytes answer = client.answer(RUN_PATIENCE);
        String text = answer.isAscii("OK") ? client.said() : refusal(answer).getMessage();
        boolean diverged = text.contains("diverged");
        message = diverged ? text.strip() : "";
        stands(diverged ? SessionState.DIVERGED : SessionState.STOPPED);
        told();
        Matcher arrival = ARRIVED.matcher(text);
        if (!arrival.find()) {
            throw new IllegalStateException(text.strip());
        }
        return Long.parseLong(arrival.group(1));
    }

    @Override
    public CompletableFuture<Void> step() {
        return run("s");
    }

    @Override
    public CompletableFuture<Void> reverseStep() {
        return run("bs");
    }

    @Override
    public CompletableFuture<Void> resume() {
        return run("c");
    }

    @Override
    public CompletableFuture<Void> reverseContinue() {
        return run("bc");
    }

    private CompletableFuture<Void> run(String command) {
        return whenStopped(() -> {
            letRun(command);
            Bytes answer = client.answer(RUN_PATIENCE);
            arrived(answer, client.said());
            told();
            if (!Stop.isStop(answer)) {
                throw refusal(answer);
            }
            return null;
        });
    }

    /** Who sees it run may suspend it: the interrupt must not come before the command. */
    private void letRun(String command) throws LinkLostException {
        synchronized (sending) {
            state = SessionState.RUNNING;
            client.send(command);
        }
        told();
    }

    @Override
    public void suspend() {
        synchronized (sending) {
            if (state == SessionState.RUNNING) {
                try {
                    client.interrupt();
                } catch (LinkLostException e) {
                    ended();
                }
            }
        }
    }

    @Override
    public CompletableFuture<List<Register>> registers() {
        return whenStopped(() -> {
            List<Register> all = new ArrayList<>();
            all.addAll(Register.of(Register.GENERAL, monitor("regs core segments")));
            all.addAll(Register.of(Register.SYSTEM, monitor("regs system desc")));
            return List.copyOf(all);
        });
    }

    @Override
    public CompletableFuture<Void> writeRegister(String name, BigInteger value) {
        return whenStopped(() -> {
            written(client.ask(new RegisterNumbers(description()).write(name, value), ANSWER_PATIENCE));
            return null;
        });
    }

    /** The bridge keeps it. */
    private String description() throws LinkLostException {
        StringBuilder text = new StringBuilder();
        Bytes part;
        do {
            String where = Integer.toHexString(text.length()) + "," + Integer.toHexString(READ_AT_ONCE);
            part = client.ask("qXfer:features:read:target.xml:" + where, ANSWER_PATIENCE);
            if (!part.startsWith("m") && !part.startsWith("l")) {
                throw refusal(part);
            }
            text.append(part.from(1).text());
        } while (part.startsWith("m"));
        return text.toString();
    }

    private void written(Bytes answer) throws LinkLostException {
        if (!answer.isAscii("OK")) {
            throw refusal(answer);
        }
        stands(SessionState.STOPPED);
        told();
    }

    @Override
    public CompletableFuture<byte[]> readMemory(long address, int length) {
        return whenStopped(() -> {
            byte[] all = new byte[length];
            int done = 0;
            while (done < length) {
                byte[] some = read(address + done, Math.min(READ_AT_ONCE, length - done));
                System.arraycopy(some, 0, all, done, some.length);
                done += some.length;
                if (some.length == 0) {
                    break;
                }
            }
            return done == length ? all : java.util.Arrays.copyOf(all, done);
        });
    }

    private byte[] read(long address, int length) throws LinkLostException {
        Bytes answer = client.ask("m" + Long.toHexString(address) + "," + Integer.toHexString(length), ANSWER_PATIENCE);
        return answer.startsWith("E") ? new byte[0] : HexFormat.of().parseHex(answer.text());
    }

    @Override
    public CompletableFuture<Void> writeMemory(long address, byte[] bytes) {
        return whenStopped(() -> {
            String where = "M" + Long.toHexString(address) + "," + Integer.toHexString(bytes.length) + ":";
            written(client.ask(where + HexFormat.of().formatHex(bytes), ANSWER_PATIENCE));
            return null;
        });
    }

    @Override
    public CompletableFuture<String> ask(String words) {
        return whenStopped(() -> monitor(words));
    }

    private String monitor(String words) throws LinkLostException {
        return consoleText(client.ask(monitorCommand(words), ANSWER_PATIENCE));
    }

    private static String monitorCommand(String words) {
        return "qRcmd," + HexFormat.of().formatHex(words.getBytes(StandardCharsets.UTF_8));
    }

    private String consoleText(Bytes answer) {
        if (!answer.isAscii("OK")) {
            throw refusal(answer);
        }
        return client.said();
    }

    private static IllegalStateException refusal(Bytes answer) {
        String text = answer.text();
        return new IllegalStateException(
                text.startsWith("E.") ? text.substring(2) : "the monitor refuses this (" + text + ")");
    }

    /** The machine stands; {@code answer} says why, and {@code said} is the text before it. */
    private void arrived(Bytes answer, String said) throws LinkLostException {
        Stop stop = Stop.isStop(answer) ? Stop.of(answer, said) : new Stop(SessionState.STOPPED, said.strip());
        message = stop.text();
        if (stop.state() == SessionState.TERMINATED) {
            ended();
            return;
        }
        stands(stop.state());
    }

    /** The place is known before anybody sees that the machine stands. */
    private void stands(SessionState reason) throws LinkLostException {
        Place there = Place.of(monitor("status"));
        place = there;
        boolean isPast = reason == SessionState.STOPPED && there.past();
        if (isPast && there.now().equals(there.end())) {
            state = SessionState.END_OF_HISTORY;
        } else if (isPast && there.now().equals(there.begin())) {
            state = SessionState.BEGIN_OF_HISTORY;
        } else {
            state = reason;
        }
    }

    /** The text before such a stop is for the one who made the machine run. */
    private void stoppedElsewhere(Bytes reply) {
        submit(() -> {
            arrived(reply, "");
            told();
            return null;
        });
    }

    private <T> CompletableFuture<T> whenStopped(Callable<T> work) {
        if (state == SessionState.RUNNING) {
            return CompletableFuture.failedFuture(new IllegalStateException("the guest runs: suspend it first"));
        }
        return submit(work);
    }

    private <T> CompletableFuture<T> submit(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            worker.execute(() -> perform(work, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IllegalStateException("the session has ended", e));
        }
        return done;
    }

    private <T> void perform(Callable<T> work, CompletableFuture<T> done) {
        try {
            done.complete(work.call());
        } catch (LinkLostException e) {
            ended();
            done.completeExceptionally(new IllegalStateException("the session has ended: " + e.getMessage(), e));
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    private void told() {
        listeners.forEach(listener -> listener.changed(this));
    }

    private void ended() {
        synchronized (this) {
            if (state == SessionState.TERMINATED) {
                return;
            }
            state = SessionState.TERMINATED;
        }
        worker.shutdown();
        Sessions.remove(this);
        client.close();
        told();
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /** Disconnects; the machine is whoever's who started it. */
    @Override
    public void close() {
        ended();
    }
}
