// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.demo;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** gdb on the user's own terminal, in the demonstration's session. */
public final class GdbPrompt {
    private GdbPrompt() {}

    /** Runs gdb until its user leaves it. */
    public static void run(Path elf, int port) throws IOException, InterruptedException {
        leaveInterruptsToGdb();
        new ProcessBuilder("gdb", "-q", elf.toString(), "-ex", "target remote localhost:" + port)
                .inheritIO()
                .start()
                .waitFor();
    }

    /**
     * Ctrl-C reaches every program on the terminal, and would end this one. Java has no public way to ignore it; where the
     * usual one is missing, Ctrl-C ends the session.
     */
    private static void leaveInterruptsToGdb() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler ignore = (proxy, method, arguments) -> null;
            Object ignoring = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, ignore);
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, ignoring);
        } catch (ReflectiveOperationException e) {
            return;
        }
    }
}
