// SPDX-License-Identifier: EPL-2.0
/** The {@code retrovisor} command line: words in, one-line messages and exit codes out. */
package dev.retrovisor.bridge.cli;
