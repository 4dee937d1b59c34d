// SPDX-License-Identifier: EPL-2.0
/**
 * Stands between debuggers and the monitor: one client in control, others that read. Speaks RSP to all of them, acknowledges by
 * itself, answers what is known, and asks the monitor through one queue.
 *
 * <p>One thread owns all state ({@link dev.retrovisor.bridge.server.BridgeServer}); the threads that read links only put what
 * they read into its queue, and those that write take from one queue each.
 */
package dev.retrovisor.bridge.server;
