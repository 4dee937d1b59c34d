// SPDX-License-Identifier: EPL-2.0
/** QEMU as the target: checks the guest's image, starts QEMU as a child that never outlives the bridge, and watches it. */
package dev.retrovisor.bridge.qemu;
