// SPDX-License-Identifier: EPL-2.0
/**
 * Bytes to and from the other side: TCP, Unix-domain sockets, serial ports. The only package that knows what a socket or a
 * serial port is. Every wait is bounded, and what goes wrong is one sentence that says what to do.
 */
package dev.retrovisor.bridge.link;
