# SPDX-License-Identifier: EPL-2.0
"""How long the debugger waits: steps forwards, steps backwards, the way through a recording.

Measured at the monitor's UART by the tests' client of the GDB protocol, without gdb or bridge: a
number here is what the monitor, QEMU and a Unix socket take together.
"""
import math
import random
import statistics
import time
from typing import NamedTuple

from guest_work import exits_by_kind, log_bytes
from harness import MonitoredGuest, packetd_network, udp_port
from packetd_sender import PacketdSender

RATE = 150            # messages a second, on average
SECONDS = 60          # of recording, unless told otherwise
STOPS = 30            # spread over it: stop, step back, return to the live end, go on
STEPS = 300           # forwards
STEPS_BACK = 20       # at each stop
SEEKS = 30
NEAR = "inbox_work"   # packetd calls it all the time
FAR = "guest_main"    # and this once, at the beginning


class Latencies(NamedTuple):
    """Milliseconds."""
    median: float
    p99: float
    worst: float


def clocked(action):
    """(milliseconds, what it returned)"""
    begin = time.perf_counter()
    result = action()
    return (time.perf_counter() - begin) * 1000, result


def summary(times):
    times = sorted(times)
    return Latencies(statistics.median(times), times[math.ceil(len(times) * 0.99) - 1], times[-1])


def latencies(action, count):
    return summary([clocked(action)[0] for _ in range(count)])


class Travel(NamedTuple):
    """packetd's run, and what was measured in it. Times in ms, but for `seconds`."""
    seconds: float
    messages: int
    instants: int
    log: int
    exits: dict      # {kind: number}, of the live end
    recorded_for: float  # seconds in which they came: those in which the guest ran
    status: list     # lines of `monitor status`
    first_back: Latencies
    next_back: Latencies
    to_live: Latencies
    to_near: Latencies
    seek: Latencies
    to_far: float
    forward: float


def back_to(rsp, address):
    """Milliseconds from the live end back to the address's last execution."""
    rsp.seek("end")
    rsp.insert(1, address)
    took, stop = clocked(rsp.go_back)
    rsp.remove(1, address)
    assert stop.reason == "hwbreak" or stop.rip == address, stop.where
    return took


class Stops:
    """What is measured where the live guest is stopped: the way back, and the return."""

    def __init__(self, rsp, near):
        self.rsp, self.near = rsp, near
        self.first, self.following, self.back, self.to_near = [], [], [], []

    def measure(self):
        self.first.append(clocked(self.rsp.step_back)[0])
        self.following += [clocked(self.rsp.step_back)[0] for _ in range(STEPS_BACK)]
        self.back.append(clocked(lambda: self.rsp.seek("end"))[0])
        self.to_near.append(back_to(self.rsp, self.near))
        self.rsp.seek("end")


def travel(machine, port, rsp, seconds):
    stops = Stops(rsp, machine.symbol(NEAR))
    before, ran = exits_by_kind(rsp), 0.0
    rsp.resume("c")
    with PacketdSender(port, RATE) as sender:
        for _ in range(STOPS):
            begin = time.monotonic()
            time.sleep(seconds / STOPS)
            rsp.interrupt()
            ran += time.monotonic() - begin
            stops.measure()
            rsp.resume("c")
    rsp.interrupt()
    exits = {kind: count - before.get(kind, 0) for kind, count in exits_by_kind(rsp).items()}
    begin, end = rsp.status()["history"]
    log, status = log_bytes(rsp), rsp.monitor("status")
    seeks = []
    for _ in range(SEEKS):
        rsp.seek("end")
        target = random.randrange(begin, end)
        seeks.append(clocked(lambda at=target: rsp.seek(at))[0])
    to_far = back_to(rsp, machine.symbol(FAR))
    forward, stop = clocked(lambda: rsp.go(300))
    assert stop.where == "replaylog:end", stop.where
    return Travel(seconds, sender.sent, end - begin, log, exits, ran, status, summary(stops.first), summary(stops.following),
                  summary(stops.back), summary(stops.to_near), summary(seeks), to_far, forward)


def measure_travel(seconds):
    """Back from stops spread over a recording of packetd, which takes care not to crash."""
    port = udp_port()
    with MonitoredGuest("packetd", "careful", start="running", log=96, options=packetd_network(port)) as machine:
        machine.wait_printed("^packetd: ready")
        with machine.rsp(acknowledge=False) as rsp:
            return travel(machine, port, rsp, seconds)


def measure_break_in():
    """Milliseconds from the byte 0x03 to the stop reply, in `cli; jmp .`."""
    with MonitoredGuest("tight", record="off") as machine, machine.rsp(acknowledge=False) as rsp:
        times = []
        for _ in range(STEPS):
            rsp.resume("c")
            time.sleep(random.uniform(0.001, 0.01))
            times.append(clocked(rsp.interrupt)[0])
        return summary(times)


def measure_steps():
    """Milliseconds for a step of the `calls` guest: live, recorded, in the past."""
    steps = {}
    for mode, record in (("live", "off"), ("recorded", "on")):
        with MonitoredGuest("calls", record=record) as machine, \
                machine.rsp(acknowledge=False) as rsp:
            rsp.go_to(machine.symbol("one_round"))
            steps[mode] = latencies(rsp.step, STEPS)
            if record == "on":
                rsp.seek("begin")
                steps["in the past"] = latencies(rsp.step, STEPS)
    return steps
