// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

/** What the command line's exit codes mean; {@code --help} lists them. */
enum ExitCode {
    OK(0),
    SESSION_FAILED(1),
    USAGE(2),
    PROGRAM_MISSING(3),
    BAD_GUEST_IMAGE(4),
    LINK_FAILED(5),
    BAD_RECORDING(6);

    final int number;

    ExitCode(int number) {
        this.number = number;
    }
}
