#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""What a breakpoint with a false condition costs: evaluated in the monitor, and by gdb.

Usage: conditions.py, after `make`. The guest "calls" passes the breakpoint in each of its rounds, of well below a microsecond
each. Prints the median of three runs of each kind.
"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "boot"))

from harness import MonitoredGuest  # noqa: E402

HITS = {"target": 20000, "host": 300}
RUNS = 3


def hits_per_second(gdb, where):
    gdb.run("delete")
    gdb.run(f"set breakpoint condition-evaluation {where}")
    gdb.run(f"break one_round if round == {gdb.value('round') + HITS[where]}")
    start = time.monotonic()
    gdb.run("continue", 300)
    return HITS[where] / (time.monotonic() - start)


def measure(record):
    with MonitoredGuest("calls", record=record) as machine, machine.gdb() as gdb:
        gdb.run("tbreak one_round if round == 3")
        gdb.run("continue")
        rates = {where: [] for where in HITS}
        for _ in range(RUNS):
            for where in HITS:
                rates[where].append(hits_per_second(gdb, where))
    return {where: statistics.median(each) for where, each in rates.items()}


def main():
    for name, record in (("live", "off"), ("recording", "on")):
        rates = measure(record)
        print(f"{name}: {rates['target']:.0f} false hits/s in the monitor, {rates['host']:.0f} by gdb, "
              f"{rates['target'] / rates['host']:.0f} times as many")


if __name__ == "__main__":
    main()
