#!/usr/bin/python3
# SPDX-License-Identifier: EPL-2.0
"""`./retrovisor bench io`: network receive and disk read of Debian's Linux, the same work on the same emulated machine

(a) bare, (b) live under the monitor, (c) while the monitor records, (d) under a conventional VMM: QEMU with KVM on nested
AMD-V in a Linux on that machine, (e) while QEMU itself records (rr=record). The modes take turns; the method is in
docs/PERFORMANCE.md.

The guest prints a line with its /proc/uptime (seconds up, seconds idle) at the beginning and the end of each piece of work
(`Work` below); the host notes when it comes. Under -icount shift=0 a nanosecond of the guest's time that is not idle is an
executed instruction, the monitor's or the VMM's included.
"""
import argparse
import hashlib
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "boot")]

import linux_guest  # noqa: E402
import nested_vmm  # noqa: E402
from harness import CPU, ICOUNT, MONITOR, Qemu, wait_listening  # noqa: E402
from linux_transfer import MODULES, Sender  # noqa: E402
from rsp_client import RspClient  # noqa: E402

BARE, LIVE, RECORDED, CONVENTIONAL, RR = "bare", "live", "recorded", "vmm", "rr"
MODES = {BARE: "bare", LIVE: "live", RECORDED: "recorded", CONVENTIONAL: "conventional VMM (KVM, nested)",
         RR: "QEMU's rr=record"}
NET, DISK = "net", "disk"
MEBI = 1 << 20
LOOK_EVERY = 0.001
LONGEST = 600       # seconds for one piece of work, or for the way to it
MEMORY = 1536       # megabytes: the VMM of (d) holds a guest of its own

# $net and $port come from the kernel's command line; the disk's bytes are hashed apart from the timed reading.
SCRIPT = """
value() { sed -n "s/.*io-$1=\\([^ ]*\\).*/\\1/p" /proc/cmdline; }
mark() { echo "io: $* $(cat /proc/uptime)"; }
net=$(value net); size=$(value disk)
while [ ! -e /dev/sda ] || [ ! -e /sys/class/net/eth0 ]; do sleep 0.1; done
ip link set eth0 up; ip addr add $net.15/24 dev eth0; ip route add default via $net.2
ping -c 1 -w 10 $net.2 >/dev/null 2>&1
mark net begin
nc 10.0.2.2 $(value port) >/tmp/received
mark net end
echo "io: sha256 net $(sha256sum </tmp/received)"
rm /tmp/received
mark disk begin
dd if=/dev/sda of=/dev/null bs=64k count=$((size / 65536)) iflag=direct 2>/dev/null
mark disk end
echo "io: sha256 disk $(head -c $size /dev/sda | sha256sum)"
echo "io: done"
poweroff -f
"""


class Mark(NamedTuple):
    host: float     # seconds, the host's monotonic clock
    busy: float     # seconds that the machine's CPU was not idle, by the guest's clock (of the outermost guest)
    log: int        # bytes that the recording had then


class Work(NamedTuple):
    """One piece of work in one mode."""
    size: int           # bytes
    seconds: float      # by the host's clock
    busy: float         # by the guest's clock
    log: int            # bytes of log that it added

    @property
    def rate(self):
        """MB a second"""
        return self.size / self.seconds / 1e6

    @property
    def instructions_a_byte(self):
        return self.busy * 1e9 / self.size


def devices(disk, rr):
    """QEMU's options for the network card and the disk; what is written to the disk is thrown away."""
    drive = f"file={disk},format=raw,if=none,snapshot=on"
    if rr:  # QEMU's manual, "Record/replay": what enters goes through these
        return ["-netdev", "user,id=n0", "-device", "e1000,netdev=n0", "-object", "filter-replay,id=f0,netdev=n0",
                "-drive", f"{drive},id=direct", "-drive", "driver=blkreplay,if=none,image=direct,id=d0",
                "-device", "ahci,id=ahci", "-device", "ide-hd,drive=d0,bus=ahci.0"]
    return ["-netdev", "user,id=n0", "-device", "e1000,netdev=n0", "-drive", f"{drive},id=d0",
            "-device", "ahci,id=ahci", "-device", "ide-hd,drive=d0,bus=ahci.0"]


class Bench:
    """What all runs share: the files of the guest, the bytes, the server."""

    def __init__(self, folder, megabytes):
        self.folder = pathlib.Path(folder)
        self.size = megabytes * MEBI
        content = random.Random(1).randbytes(self.size)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.disk = self.folder / "disk"
        self.disk.write_bytes(content)
        self.sender = Sender(content)
        self.linux = linux_guest.find_files() or sys.exit("retrovisor: bench: no Linux kernel: ./retrovisor linux")
        self.initrd = linux_guest.make_initrd(self.folder / "io.cpio", SCRIPT, MODULES, linux=self.linux)
        self.vmm_initrd = self.folder / "vmm.cpio"

    def append(self, net="10.0.2"):
        return f"console=ttyS0 quiet nokaslr panic=-1 io-net={net} io-port={self.sender.port} io-disk={self.size}"

    def machine(self, mode):
        options = devices(self.disk, mode == RR)
        if mode in (LIVE, RECORDED):
            return self._monitored(mode, options)
        initrd, append = self.initrd, self.append()
        if mode == CONVENTIONAL:
            if not self.vmm_initrd.exists():
                nested_vmm.make_initrd(self.vmm_initrd, self.linux, self.initrd, self.append("10.0.3"))
            initrd, append = self.vmm_initrd, "console=ttyS0 quiet panic=-1"
        icount = ["-icount", f"shift=0,rr=record,rrfile={self.folder / 'rr'}"] if mode == RR else ICOUNT
        return Qemu(["-kernel", str(self.linux.kernel), "-initrd", str(initrd), "-append", append, *icount, *options],
                    MEMORY, machine="q35")

    def _monitored(self, mode, options):
        modules = f"{self.linux.kernel} {self.append().replace(',', ',,')},{self.initrd}"
        record = "on" if mode == RECORDED else "off"
        return Qemu(["-kernel", str(MONITOR), "-initrd", modules,
                     "-append", f"uart=com2 link=virtio log=512 start=running record={record}", *ICOUNT, *options],
                    MEMORY, link="virtio", machine="q35")


def wait_mark(machine, what):
    """The host's time at which the guest had printed the mark, and the mark's numbers."""
    pattern = re.compile(rf"^io: {what} ([\d.]+) ([\d.]+)(?: outer ([\d.]+) ([\d.]+))?\n", re.M)
    deadline = time.monotonic() + LONGEST
    while not (found := pattern.search(machine.printed())):
        assert time.monotonic() < deadline and machine.process.poll() is None, \
            f"'{what}' did not come: {machine.printed()[-300:]!r} {machine.debug_output()[-300:]!r}"
        time.sleep(LOOK_EVERY)
    host = time.monotonic()
    up, idle = (float(text) for text in (found[3] or found[1], found[4] or found[2]))
    return host, up - idle


def log_bytes(machine):
    """How many bytes of log there have been, by `qRetro.Log`."""
    wait_listening(machine.link)
    with RspClient(machine.link, True, 1, stop=False) as rsp:
        reply = rsp.exchange("qRetro.Log:0,0")
    assert reply.startswith("L"), f"qRetro.Log: {reply!r}"
    return int(reply.split(",")[2].split(";")[0], 16)


def one_work(machine, mode, what, size):
    begin, busy_begin = wait_mark(machine, f"{what} begin")
    log_begin = log_bytes(machine) if mode == RECORDED else 0
    end, busy_end = wait_mark(machine, f"{what} end")
    log_end = log_bytes(machine) if mode == RECORDED else 0
    return Work(size, end - begin, busy_end - busy_begin, log_end - log_begin)


def run_once(bench, mode):
    """{NET: Work, DISK: Work} of one run; the bytes that arrived are compared."""
    with bench.machine(mode) as machine:
        result = {what: one_work(machine, mode, what, bench.size) for what in (NET, DISK)}
        machine.wait_printed(r"^io: done", LONGEST)
        sums = dict(re.findall(r"^io: sha256 (\w+) (\w{64})", machine.printed(), re.M))
        assert sums == {NET: bench.sha256, DISK: bench.sha256}, f"{mode}: wrong bytes arrived: {sums}"
        return result


def measure(bench, modes, runs, say):
    """{mode: {what: Work of the fastest run}}; a mode that fails is said and left out."""
    best = {}
    for turn in range(runs):
        for mode in modes:
            say(f"run {turn + 1} of {runs}: {MODES[mode]}")
            try:
                result = run_once(bench, mode)
            except AssertionError as failure:
                say(f"{mode} failed: {failure}")
                continue
            have = best.setdefault(mode, result)
            best[mode] = {what: min(have[what], result[what], key=lambda work: work.seconds) for what in (NET, DISK)}
    return best


def instructions(work, bare):
    """Two columns; the guest's clock has steps of 10 ms, so what took less than ten of them is not told."""
    if min(work.busy, bare.busy) < 0.1:
        return f"{'(too short)':>19}{'':9}"
    return f"{work.instructions_a_byte:19.2f}{work.instructions_a_byte / bare.instructions_a_byte:9.2f}"


def print_results(best):
    for what, name in ((NET, "network receive (e1000, TCP)"), (DISK, "disk read (AHCI)")):
        print(f"\n{name:32}{'MB/s':>9}{'of bare':>9}{'instructions/byte':>19}{'of bare':>9}{'log bytes/byte':>16}")
        for mode, works in best.items():
            work, bare = works[what], best.get(BARE, works)[what]
            log = f"{work.log / work.size:16.3f}" if mode == RECORDED else ""
            print(f"{'  ' + MODES[mode]:32}{work.rate:9.2f}{work.rate / bare.rate:9.3f}"
                  f"{instructions(work, bare)}{log}")
        if CONVENTIONAL in best:
            vmm = best[CONVENTIONAL][what].rate
            print("  times the conventional VMM: "
                  + ", ".join(f"{mode} {best[mode][what].rate / vmm:.1f}" for mode in (LIVE, RECORDED) if mode in best))


def main(arguments, say):
    parser = argparse.ArgumentParser(prog="retrovisor bench io", description="Measures network and disk of Linux.")
    parser.add_argument("--runs", type=int, default=2, choices=range(1, 10), metavar="N",
                        help="runs of each mode; the fastest counts (default: %(default)s)")
    parser.add_argument("--megabytes", type=int, default=32, choices=range(1, 257), metavar="M",
                        help="to be received and to be read (default: %(default)s)")
    parser.add_argument("--modes", default=",".join(MODES), help="some of them, with commas between (default: all)")
    options = parser.parse_args(arguments)
    modes = options.modes.split(",")
    wrong = [mode for mode in modes if mode not in MODES]
    if wrong:
        parser.error(f"no such mode: {wrong[0]} (expected: {', '.join(MODES)})")
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="retro-io-", dir=os.environ.get("TMPDIR")) as folder:
        bench = Bench(folder, options.megabytes)
        print(f"all runs: q35, TCG, -cpu {CPU}, -icount shift=0, {MEMORY} MB, 1 CPU, Linux {bench.linux.version}; "
              f"{options.megabytes} MiB each", flush=True)
        print_results(measure(bench, modes, options.runs, say))
        bench.sender.close()
    print(f"\n{time.monotonic() - start:.0f} s in all")
