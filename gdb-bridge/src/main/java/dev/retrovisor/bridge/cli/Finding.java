// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

/**
 * One thing that was looked at.
 *
 * @param exitCode what it means for the program, {@link ExitCode#OK} if it is good
 */
record Finding(String what, String found, ExitCode exitCode) {
    static Finding good(String what, String found) {
        return new Finding(what, found, ExitCode.OK);
    }

    boolean isGood() {
        return exitCode == ExitCode.OK;
    }

    @Override
    public String toString() {
        return String.format("%-4s %-20s %s", isGood() ? "ok" : "FAIL", what, found);
    }
}
