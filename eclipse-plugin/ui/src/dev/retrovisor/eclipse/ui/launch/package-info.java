// SPDX-License-Identifier: EPL-2.0
/** The tabs and shortcuts of the launch configuration type <em>OS under Retrovisor</em>. */
package dev.retrovisor.eclipse.ui.launch;
