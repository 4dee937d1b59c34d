// SPDX-License-Identifier: EPL-2.0
/** What needs the Eclipse Platform, but no display. */
package dev.retrovisor.eclipse.core;
