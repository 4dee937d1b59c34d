// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

/**
 * What the monitor is told on its command line.
 *
 * @param link what it and the bridge speak over
 * @param logMegabytes memory for log and checkpoints; 0 leaves the choice to the monitor
 * @param replayAt the physical address of a recording made elsewhere; 0 for none
 * @param bios whether the BIOS boots the guest, from its next device, in the place of a module
 */
public record MonitorOptions(
        MonitorLink link, int logMegabytes, boolean startRunning, boolean record, long replayAt, boolean bios) {
    public MonitorOptions(MonitorLink link, int logMegabytes, boolean startRunning, boolean record) {
        this(link, logMegabytes, startRunning, record, 0, false);
    }

    /** The same, for a guest that the BIOS boots. */
    public MonitorOptions withBios() {
        return new MonitorOptions(link, logMegabytes, startRunning, record, replayAt, true);
    }

    /** For a recording that lies in the machine's RAM. */
    public static MonitorOptions replay(MonitorLink link, int poolMegabytes, long address) {
        return new MonitorOptions(link, poolMegabytes, false, false, address, false);
    }

    String commandLine() {
        String boot = bios ? " boot=bios" : "";
        String log = logMegabytes == 0 ? "" : " log=" + logMegabytes;
        String what = replayAt == 0 ? " record=" + (record ? "on" : "off") : " replay=" + Long.toHexString(replayAt);
        return "uart=com2 link=" + link + " start=" + (startRunning ? "running" : "stopped") + what + log + boot;
    }
}
