// SPDX-License-Identifier: EPL-2.0
/** What is seen on the Eclipse Platform alone. */
package dev.retrovisor.eclipse.ui;
