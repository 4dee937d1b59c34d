// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

/** A program that is not installed; the message is one line that says how to get it. */
public final class ProgramMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    public ProgramMissingException(String program, String debianPackage) {
        super(program + ": not found; install it (on Debian: apt-get install " + debianPackage + ")");
    }
}
