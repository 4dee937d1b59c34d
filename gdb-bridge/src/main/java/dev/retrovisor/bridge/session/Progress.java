// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import java.time.Duration;

/** Told, every now and then, that something takes its time. */
public interface Progress {
    void waiting(String what, Duration soFar);
}
