// SPDX-License-Identifier: EPL-2.0
/** The view <em>Recorded I/O</em>: the events of a recording as a table, and over time. */
package dev.retrovisor.eclipse.ui.io;
