// SPDX-License-Identifier: EPL-2.0
/** From "this guest" or "this serial port" to a port where gdb finds a monitor that answers. */
package dev.retrovisor.bridge.session;
