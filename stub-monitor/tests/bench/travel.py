# SPDX-License-Identifier: EPL-2.0
"""How long the debugger waits: steps forwards, steps backwards, the way through a recording.

Measured at the monitor's UART by the tests' client of the GDB protocol, without gdb or bridge: a
number here is what the monitor, QEMU and a Unix socket take together.
"""
import statistics
import time
from typing import NamedTuple

from guest_work import log_bytes
from harness import MonitoredGuest, packetd_network, udp_port
from packetd_sender import PacketdSender

RATE = 150            # messages a second, on average
LONGEST = 5           # seconds: then it is enough
SHORTEST = 2          # packetd crashes when its race is lost: after less than this, once more
ATTEMPTS = 8
STEPS = 300
NEAR_THE_END = "inbox_work"   # packetd calls it all the time
AT_THE_BEGIN = "guest_main"   # and this once


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


def latencies(action, count):
    times = sorted(clocked(action)[0] for _ in range(count))
    return Latencies(statistics.median(times), times[int(count * 0.99) - 1], times[-1])


class Recording(NamedTuple):
    """packetd's run, and what was measured in it. Times in ms, but for `seconds`."""
    seconds: float
    messages: int
    instants: int
    log: int
    checkpoints: str
    first_back: float
    next_back: Latencies
    to_middle: float
    middle_next: Latencies
    to_near: float
    to_far: float
    forward: float


def record_packetd(machine, port):
    """Lets packetd receive until it crashes or the time is up: (seconds, messages)."""
    machine.wait_printed("^packetd: ready")
    begin = time.monotonic()
    with PacketdSender(port, RATE) as sender:
        while time.monotonic() - begin < LONGEST and "packetd: crash" not in machine.printed():
            time.sleep(0.01)
        return time.monotonic() - begin, sender.sent


def back_to(rsp, address):
    """Milliseconds from the live end back to the address's last execution."""
    rsp.seek("end")
    rsp.insert(1, address)
    took, stop = clocked(rsp.go_back)
    rsp.remove(1, address)
    assert stop.reason == "hwbreak" or stop.rip == address, stop.where
    return took


def travel(rsp, machine, seconds, messages):
    """Steps back from the end and from the middle, goes back to breakpoints, and forward."""
    begin, end = rsp.status()["history"]
    log = log_bytes(rsp)
    checkpoints = rsp.monitor("status")[-1]
    first_back, _ = clocked(rsp.step_back)
    next_back = latencies(rsp.step_back, STEPS)
    rsp.seek("end")
    to_middle, _ = clocked(lambda: rsp.seek((begin + end) // 2))
    middle_next = latencies(rsp.step_back, STEPS)
    to_near = back_to(rsp, machine.symbol(NEAR_THE_END))
    to_far = back_to(rsp, machine.symbol(AT_THE_BEGIN))
    forward, stop = clocked(rsp.go)
    assert stop.where == "replaylog:end", stop.where
    return Recording(seconds, messages, end - begin, log, checkpoints, first_back, next_back,
                     to_middle, middle_next, to_near, to_far, forward)


def measure_travel():
    """Of a recording that is long enough, or of the last attempt's."""
    attempts = 0
    while True:
        port = udp_port()
        attempts += 1
        with MonitoredGuest("packetd", start="running", log=96,
                            options=packetd_network(port)) as machine:
            seconds, messages = record_packetd(machine, port)
            if seconds >= SHORTEST or attempts == ATTEMPTS:
                with machine.rsp(acknowledge=False) as rsp:
                    return travel(rsp, machine, seconds, messages)


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
