// SPDX-License-Identifier: EPL-2.0
/**
 * The GDB Remote Serial Protocol as a pure codec: bytes in, values out; no sockets, no time, no threads.
 *
 * <p>Source of the format: the GDB manual, appendix "GDB Remote Serial Protocol", sections "Overview" and "Notification
 * Packets".
 */
package dev.retrovisor.bridge.rsp;
