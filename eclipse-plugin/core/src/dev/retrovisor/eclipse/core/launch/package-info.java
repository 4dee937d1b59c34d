// SPDX-License-Identifier: EPL-2.0
/** The launch configuration type <em>OS under Retrovisor</em>: its attributes, what is started, and what the Debug view shows of it where there is no CDT. */
package dev.retrovisor.eclipse.core.launch;
