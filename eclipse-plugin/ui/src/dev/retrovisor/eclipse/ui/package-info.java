// SPDX-License-Identifier: EPL-2.0
/** Views, launch tabs and dialogs on the Eclipse Platform alone. */
package dev.retrovisor.eclipse.ui;
