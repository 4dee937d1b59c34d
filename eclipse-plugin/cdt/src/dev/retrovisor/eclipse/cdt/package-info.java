// SPDX-License-Identifier: EPL-2.0
/**
 * A session debugged by CDT: its DSF services for gdb, with what a machine that can go back needs besides. The only package that knows CDT; the services extend those
 * that CDT makes for extenders, so each is the newest of the CDT that is installed.
 */
package dev.retrovisor.eclipse.cdt;
