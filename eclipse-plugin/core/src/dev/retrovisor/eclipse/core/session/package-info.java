// SPDX-License-Identifier: EPL-2.0
/** Sessions with a machine, seen from Eclipse: where it is, what it does, and how it is moved. Needs neither OSGi nor a display. */
package dev.retrovisor.eclipse.core.session;
