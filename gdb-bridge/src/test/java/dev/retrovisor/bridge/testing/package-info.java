// SPDX-License-Identifier: EPL-2.0
/** Stand-ins for the other side, for tests. */
package dev.retrovisor.bridge.testing;
