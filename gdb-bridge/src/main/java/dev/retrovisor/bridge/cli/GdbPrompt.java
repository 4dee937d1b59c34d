// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** gdb on the user's own terminal. */
final class GdbPrompt {
    private GdbPrompt() {}

    /** Runs gdb until its user leaves it: what is {@code first}, then it connects to {@code port}, then the rest. */
    static int run(List<String> first, int port, List<String> rest) throws IOException, InterruptedException {
        leaveInterruptsToGdb();
        List<String> command = new ArrayList<>(List.of("gdb", "-q"));
        command.addAll(first);
        command.addAll(List.of("-ex", "target remote localhost:" + port));
        command.addAll(rest);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
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
