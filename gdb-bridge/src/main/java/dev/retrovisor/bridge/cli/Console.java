// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.session.Progress;
import java.io.PrintWriter;
import java.time.Duration;

/** What a session tells its user. */
final class Console implements Progress {
    /** Stands for a file with symbols where the user has named none. */
    static final String NO_SYMBOLS = "YOUR.elf";

    private final PrintWriter out;
    private final PrintWriter err;

    Console(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** {@code elf}: the guest's file with symbols, or what stands for it. */
    void ready(String state, String elf, int port) {
        out.println(state);
        out.println("  gdb " + quoted(elf) + " -ex 'target remote localhost:" + port + "'");
        out.println("Ctrl-C ends the session.");
        out.flush();
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    void warn(String line) {
        err.println("retrovisor: warning: " + line);
        err.flush();
    }

    @Override
    public void waiting(String what, Duration soFar) {
        err.println(what + " (" + soFar.toSeconds() + " s)");
        err.flush();
    }

    /** As a shell wants it. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
