// SPDX-License-Identifier: EPL-2.0
/**
 * The demonstration: a guest with a real driver crashes from a race, and real gdb goes back in time to its cause. Nothing here
 * is staged: the packets are sent over UDP, and what gdb answers is what gdb answered.
 */
package dev.retrovisor.bridge.demo;
