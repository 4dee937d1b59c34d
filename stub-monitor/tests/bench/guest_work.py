# SPDX-License-Identifier: EPL-2.0
"""How long the `bench` guest takes for a fixed amount of work: bare, live, recorded.

The clock is the host's, between the lines "bench: begin" and "bench: end" on the guest's serial
port, looked at every millisecond. All three run on the same QEMU with the same -icount shift=0.
"""
import re
import time
from typing import NamedTuple

from harness import BareGuest, MonitoredGuest

BARE, LIVE, RECORDED = "bare", "live", "recorded"
LOOK_EVERY = 0.001
LONGEST = 60


class Timing(NamedTuple):
    seconds: float   # for one round, in the fastest run
    spread: float    # (slowest - fastest) / fastest
    log_bytes: int   # of the recording, 0 without one
    exits: dict      # of the last run, {kind: number}, as `info os exits` counts them; empty without the monitor


def machine_for(mode, arguments):
    if mode == BARE:
        return BareGuest("bench", arguments)
    record = "on" if mode == RECORDED else "off"
    return MonitoredGuest("bench", arguments, start="running", record=record, log=96)


def wait_line(machine, line):
    """The host's time when the guest had printed the line."""
    deadline = time.monotonic() + LONGEST
    while line not in machine.printed():
        assert time.monotonic() < deadline, f"'{line}' did not come: {machine.debug_output()}"
        time.sleep(LOOK_EVERY)
    return time.monotonic()


def log_bytes(rsp):
    """From `monitor status`: how much of the log ring is in use."""
    text = "\n".join(rsp.monitor("status"))
    found = re.search(r"^log (\d+) of \d+ bytes", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def exits_by_kind(rsp):
    """What `info os exits` shows: {kind: number since the start}."""
    table = rsp.exchange("qXfer:osdata:read:exits:0,3000")
    rows = re.findall(r'"What">([^<]+)</column>\s*<column name="Count">(\d+)<', table)
    assert rows, table
    return {kind: int(count) for kind, count in rows}


def run_once(mode, work, rounds):
    """(seconds, bytes of log, exits) of one run."""
    with machine_for(mode, f"{work} {rounds}") as machine:
        begin = wait_line(machine, "bench: begin\n")
        seconds = wait_line(machine, "bench: end\n") - begin
        if mode == BARE:
            return seconds, 0, {}
        with machine.rsp() as rsp:
            return seconds, log_bytes(rsp), exits_by_kind(rsp)


def measure(work, rounds, runs):
    """{mode: Timing} of `rounds` {mode: number}; the modes take turns: all share the noise."""
    times = {mode: [] for mode in rounds}
    log, exits = {}, {}
    for _ in range(runs):
        for mode, count in rounds.items():
            seconds, log[mode], exits[mode] = run_once(mode, work, count)
            times[mode].append(seconds)
    return {mode: Timing(min(t) / rounds[mode], (max(t) - min(t)) / min(t), log[mode], exits[mode])
            for mode, t in times.items()}
