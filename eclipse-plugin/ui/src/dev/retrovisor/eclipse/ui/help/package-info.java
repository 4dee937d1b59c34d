// SPDX-License-Identifier: EPL-2.0
/** The first steps, for an Eclipse that has no help system. */
package dev.retrovisor.eclipse.ui.help;
