// SPDX-License-Identifier: EPL-2.0
/**
 * Stands between one debugger and the monitor: speaks RSP to both, acknowledges on both sides by itself, and passes the
 * contents of packets on.
 *
 * <p>One thread owns all state ({@link dev.retrovisor.bridge.server.BridgeServer}); the threads that read links only put what
 * they read into its queue.
 */
package dev.retrovisor.bridge.server;
