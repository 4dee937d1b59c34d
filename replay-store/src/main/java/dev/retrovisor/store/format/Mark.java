// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

/** What the guest's state was at an instant of the recording: a replay that comes there must have the same. */
public record Mark(long instant, long rip, long digest) {}
