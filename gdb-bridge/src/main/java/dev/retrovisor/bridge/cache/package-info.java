// SPDX-License-Identifier: EPL-2.0
/**
 * What the bridge remembers of a stopped guest, so that a question is asked on the line once: answers, memory around the stack
 * pointer and the instruction pointer, and which breakpoints the monitor has. Values only: no sockets, no threads, no time.
 */
package dev.retrovisor.bridge.cache;
