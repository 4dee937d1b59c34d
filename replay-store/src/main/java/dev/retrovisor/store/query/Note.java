// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

/**
 * A note of the user's at an instant: a bookmark.
 *
 * @param made when, as ISO 8601
 * @param text one line
 */
public record Note(long instant, String made, String text) {}
