// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import java.util.List;

/** {@code monitor bridge ...}: what a user can ask of the bridge itself. */
interface BridgeWords {
    /** Lines for the console of {@code client}. */
    List<String> run(Client client, MonitorWords words);
}
