// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

/**
 * What the monitor is told on its command line.
 *
 * @param link what it and the bridge speak over
 * @param logMegabytes memory for log and checkpoints; 0 leaves the choice to the monitor
 * @param replayAt the physical address of a recording made elsewhere; 0 for none
 */
public record MonitorOptions(MonitorLink link, int logMegabytes, boolean startRunning, boolean record, long replayAt) {
    public MonitorOptions(MonitorLink link, int logMegabytes, boolean startRunning, boolean record) {
        this(link, logMegabytes, startRunning, record, 0);
    }

    /** For a recording that lies in the machine's RAM. */
    public static MonitorOptions replay(MonitorLink link, int poolMegabytes, long address) {
        return new MonitorOptions(link, poolMegabytes, false, false, address);
    }

    String commandLine() {
        String log = logMegabytes == 0 ? "" : " log=" + logMegabytes;
        String what = replayAt == 0 ? " record=" + (record ? "on" : "off") : " replay=" + Long.toHexString(replayAt);
        return "uart=com2 link=" + link + " start=" + (startRunning ? "running" : "stopped") + what + log;
    }
}
