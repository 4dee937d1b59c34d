// SPDX-License-Identifier: EPL-2.0
/**
 * The files that a debugger may read through the bridge: the guest's program with its symbols, and our commands for gdb. Nothing
 * else on this machine can be named, and nothing can be written.
 */
package dev.retrovisor.bridge.files;
