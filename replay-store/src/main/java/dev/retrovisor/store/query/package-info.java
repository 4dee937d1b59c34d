// SPDX-License-Identifier: EPL-2.0
/**
 * Questions about a recording, for the command line and for views: events as rows of a table ({@link
 * dev.retrovisor.store.query.EventTable}), those that a filter selects ({@link dev.retrovisor.store.query.EventFilter}, {@link
 * dev.retrovisor.store.query.SelectedRows}), and how many of each kind there are over time ({@link
 * dev.retrovisor.store.query.Rates}). Everything is read in pieces of some thousand events, so neither the size of the recording
 * nor that of an answer matters to the memory. A recording that is still being written can be opened too: {@code refresh()} takes
 * in what has been committed since.
 *
 * <p>An {@code EventTable} is owned by one thread; its questions fail with a {@link
 * dev.retrovisor.store.format.RecordingException} that names the damaged place.
 */
package dev.retrovisor.store.query;
