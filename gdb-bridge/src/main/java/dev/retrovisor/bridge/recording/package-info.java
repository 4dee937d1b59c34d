// SPDX-License-Identifier: EPL-2.0
/** Gets a recording out of the monitor and into a file while the guest runs, and out of a file into a monitor. */
package dev.retrovisor.bridge.recording;
