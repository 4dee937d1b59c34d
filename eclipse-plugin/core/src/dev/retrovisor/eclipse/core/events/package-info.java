// SPDX-License-Identifier: EPL-2.0
/**
 * The events of a recording for views: read by threads of their own, so that a user interface that asks never waits. Needs neither a display nor OSGi.
 */
package dev.retrovisor.eclipse.core.events;
