// SPDX-License-Identifier: EPL-2.0
/** For the test of the update site: put into an Eclipse that has the plug-in installed, it does what a user would do. In no product and no feature. */
package dev.retrovisor.eclipse.probe;
