// SPDX-License-Identifier: EPL-2.0
/** The recording on disk (docs/spec/recording-format.md): how it is written, read and checked, and the events in its log. */
package dev.retrovisor.store.format;
