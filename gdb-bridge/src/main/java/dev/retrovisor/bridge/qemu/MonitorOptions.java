// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

/**
 * What the monitor is told on its command line.
 *
 * @param link what it and the bridge speak over
 * @param logMegabytes memory for log and checkpoints; 0 leaves the choice to the monitor
 */
public record MonitorOptions(MonitorLink link, int logMegabytes, boolean startRunning, boolean record) {
    String commandLine() {
        String log = logMegabytes == 0 ? "" : " log=" + logMegabytes;
        return "uart=com2 link=" + link + " start=" + (startRunning ? "running" : "stopped") + " record="
                + (record ? "on" : "off") + log;
    }
}
