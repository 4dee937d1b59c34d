#!/usr/bin/python3
# SPDX-License-Identifier: EPL-2.0
"""`./retrovisor bench growth`: what a recording costs as it grows

The guest e1000 sends ICMP echoes to QEMU's user network, one after another, and receives them by DMA. It is stopped
after times that double; at each stop: what it has received (its own count of frames' bytes), the log, the checkpoints
kept, and how long seeks from the live end to random instants take, and the way back. No gdb, no bridge.
"""
import argparse
import random
import re
import time

from devices import device_options
from harness import MonitoredGuest
from travel import clocked, summary

FOREVER = (1 << 32) - 1  # echoes: the guest counts them in 32 bits
FIRST_SECONDS = 5
LOG_MEBIBYTES, MEMORY = 512, 1024
SEEKS = 20
SEED = 1


def status(rsp):
    """{name: numbers} of the lines of `monitor status`."""
    return {line.split()[0]: [int(n) for n in re.findall(r"\d+", line)] for line in rsp.monitor("status")}


def seeks(rsp, begin, end, chance):
    """(there, back), each the latencies in ms."""
    there, back = [], []
    for _ in range(SEEKS):
        there.append(clocked(lambda: rsp.seek(chance.randint(begin, end)))[0])
        back.append(clocked(lambda: rsp.seek("end"))[0])
    return summary(there), summary(back)


def print_row(ran, received, now, chance, rsp):
    (begin, end), (log, ring) = now["history"], now["log"]
    checkpoints, pages, _ = now["checkpoints"]
    there, back = seeks(rsp, begin, end, chance)
    whole = "" if begin == 0 else f"   history begins at @{begin}"
    print(f"{ran:8.1f}{received / 1e6:10.2f}{received / 1e3 / ran:9.0f}{end / 1e6:10.1f}{log / 1e6:9.2f}{log / received:9.2f}"
          f"{checkpoints:12}{pages:8}{there.median:10.0f}{there.worst:7.0f}{back.median:8.1f}{whole}", flush=True)


def main(arguments, say):
    parser = argparse.ArgumentParser(prog="retrovisor bench growth", description="Measures a recording as it grows.")
    parser.add_argument("--stops", type=int, default=5, choices=range(1, 9), metavar="N",
                        help=f"stops, the first after {FIRST_SECONDS} s, each after twice the time (default: %(default)s)")
    stops = parser.parse_args(arguments).stops
    chance = random.Random(SEED)
    print(f"e1000, echoes; log={LOG_MEBIBYTES} (a quarter of it the ring); {SEEKS} seeks at each stop")
    print(f"{'run':>8}{'received':>10}{'':9}{'':10}{'log':>9}{'log/':>9}{'checkpoints':>12}{'':8}{'seek, ms':>10}{'':7}{'to the':>8}")
    print(f"{'s':>8}{'MB':>10}{'kB/s':>9}{'million':>10}{'MB':>9}{'received':>9}{'kept':>12}{'pages':>8}{'median':>10}{'worst':>7}{'end, ms':>8}")
    with device_options("e1000") as (qemu, _), \
            MonitoredGuest("e1000", options=qemu, log=LOG_MEBIBYTES, memory=MEMORY) as machine, machine.rsp() as rsp:
        rsp.write(machine.symbol("echo_packets"), FOREVER.to_bytes(8, "little"))
        ran = 0
        for stop in range(stops):
            say(f"the guest runs for {FIRST_SECONDS * 2 ** max(0, stop - 1)} s")
            begin = time.monotonic()
            rsp.resume("c")
            time.sleep(FIRST_SECONDS * 2 ** max(0, stop - 1))
            rsp.interrupt()
            ran += time.monotonic() - begin
            received = int.from_bytes(rsp.read(machine.symbol("echo_bytes"), 8), "little")
            assert received, f"the guest has received nothing: {machine.printed()[-200:]}"
            print_row(ran, received, status(rsp), chance, rsp)
