// SPDX-License-Identifier: EPL-2.0
/** The view <em>Retrovisor Control</em>: a session moved and looked at straight by the bridge. */
package dev.retrovisor.eclipse.ui.control;
