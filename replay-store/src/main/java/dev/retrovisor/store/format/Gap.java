// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.format;

/**
 * A stretch of the log that the recording does not have, because it was dropped in the monitor before it could be fetched.
 *
 * @param position where it begins
 * @param afterInstant of the last event before it
 */
public record Gap(long position, long bytes, long afterInstant) {}
