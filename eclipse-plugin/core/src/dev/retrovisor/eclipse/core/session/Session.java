// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.session;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A session with a machine under the monitor. Any thread may call; nothing here waits. A future fails with an {@link IllegalStateException} whose message is for the
 * user. Commands that move the machine complete when it stands again, after the listeners were told.
 */
public interface Session {
    /** Told on a thread of the session's, which it must not keep. */
    @FunctionalInterface
    interface Listener {
        /** The state or the instant has changed, or has been reached again. */
        void changed(Session session);
    }

    /** For people: what is debugged. */
    String name();

    SessionState state();

    /** What the monitor said about the last stop; often empty. */
    String message();

    Place place();

    /** Where the machine is; empty if nothing is recorded. While it runs: where it was last. */
    default OptionalLong instant() {
        return place().now();
    }

    /** The file that is replayed, or that is being written; empty if the session has none. */
    Optional<Path> recording();

    /** The TCP port on this machine where debuggers find the session. */
    int port();

    /** True if another debugger is in control: it makes the journeys, and all else that moves the machine is refused here. */
    boolean isLed();

    /** The answer has the instant that was reached. */
    CompletableFuture<Long> goTo(long instant);

    /** To {@code @N}, {@code begin} or {@code end}; the answer has the instant that was reached. */
    CompletableFuture<Long> goTo(String where);

    CompletableFuture<Void> step();

    CompletableFuture<Void> reverseStep();

    CompletableFuture<Void> resume();

    CompletableFuture<Void> reverseContinue();

    /** Ends what the machine is doing; the command it is doing it for completes. Does nothing if the machine stands. */
    void suspend();

    /** The general registers and the system registers. */
    CompletableFuture<List<Register>> registers();

    /** In the past a what-if branch begins with it. Fails if the value does not fit, or the register cannot be written. */
    CompletableFuture<Void> writeRegister(String name, BigInteger value);

    /** Memory at a linear address: {@code length} bytes, or fewer if what follows cannot be read. */
    CompletableFuture<byte[]> readMemory(long address, int length);

    CompletableFuture<Void> writeMemory(long address, byte[] bytes);

    /** What the monitor answers to {@code monitor WORDS}. */
    CompletableFuture<String> ask(String words);

    void addListener(Listener listener);

    void removeListener(Listener listener);
}
