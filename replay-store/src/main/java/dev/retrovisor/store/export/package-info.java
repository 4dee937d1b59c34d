// SPDX-License-Identifier: EPL-2.0
/**
 * A recording in the forms of other programs: CSV, Perfetto's (and Chrome's) trace events, packets for Wireshark, and a page with a
 * timeline. All of it is written as the events are read.
 */
package dev.retrovisor.store.export;
