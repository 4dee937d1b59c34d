# SPDX-License-Identifier: EPL-2.0
"""The bridge on a slow and bad serial line. RETROVISOR_TEST_SERIAL_SECONDS (60): how long the mixed session on the bad line
lasts; RETROVISOR_TEST_SERIAL_SEED (3): which bytes are harmed, and which commands are given."""
import os
import random
import time

import pytest

from bridge import Bridge, needs_bridge
from harness import MonitoredGuest
from rsp_client import RspClient
from serial_line import SerialLine

pytestmark = [pytest.mark.monitor, needs_bridge]

SECONDS = float(os.environ.get("RETROVISOR_TEST_SERIAL_SECONDS", "60"))
SEED = int(os.environ.get("RETROVISOR_TEST_SERIAL_SEED", "3"))
ROUNDS = 60


def truth():
    """State after each of the first steps of the guest, by the bare UART: (rip, g, stack), the same in each run."""
    with MonitoredGuest("calls") as machine, machine.rsp() as rsp:
        states = []
        for _ in range(ROUNDS + 1):
            stop = rsp.why()
            stack = rsp.exchange(f"m{stop.registers[7] & -64:x},40")
            states.append((stop.rip, rsp.registers(), stack))
            rsp.step()
        return states


def test_steps_and_registers_over_a_line_that_loses_and_flips_one_byte_in_a_hundred():
    states = truth()
    with MonitoredGuest("calls") as machine, SerialLine(machine, odds=0.01, seed=3) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge, RspClient(bridge.socket, pace=3) as rsp:
        for at in range(1, ROUNDS + 1):
            assert rsp.step().rip == states[at][0], f"step {at}"
            if at % 5 == 0:
                assert rsp.registers() == states[at][1], f"g {at}"
        assert line.harmed > 5


class MixedSession:
    """Random commands in a recording whose first states are known; each answer is compared with them."""

    def __init__(self, rsp, states, numbers):
        self.rsp, self.states, self.numbers = rsp, states, numbers
        self.at = self.live = 0  # which state it is now, and which at the end of the recording
        self.commands = 0

    def one(self):
        kind = self.numbers.choice([self.step, self.step, self.step_back, self.step_back, self.check_registers,
                                    self.check_one_register, self.check_stack, self.check_binary, self.status,
                                    self.run_to, self.run_back_to])
        self.doing = f"command {self.commands}, {kind.__name__} at {self.at}"
        self.commands += 1
        kind()

    def arrived(self, stop, at):
        assert (stop.signal, stop.rip) == (5, self.states[at][0]), f"{self.doing}: {stop}"
        self.at = at
        self.live = max(self.live, at)

    def step(self):
        if self.at < ROUNDS:
            self.arrived(self.rsp.step(), self.at + 1)

    def step_back(self):
        if self.at > 0:
            self.arrived(self.rsp.step_back(), self.at - 1)

    def check_registers(self):
        assert self.rsp.registers() == self.states[self.at][1], self.doing

    def check_one_register(self):
        value = int.from_bytes(bytes.fromhex(self.rsp.exchange("p10")), "little")
        assert value == self.states[self.at][0], self.doing

    def stack(self):
        return self.rsp.why().registers[7] & -64

    def check_stack(self):
        assert self.rsp.exchange(f"m{self.stack():x},40") == self.states[self.at][2], self.doing

    def check_binary(self):
        answer = self.rsp.exchange(f"x{self.stack():x},40")
        assert answer == "b" + bytes.fromhex(self.states[self.at][2]).decode("latin-1"), self.doing

    def status(self):
        assert self.rsp.status()["mode"], self.doing

    def places(self, indexes):
        """Of the states with these indexes: an address at which a breakpoint stops, not that of the state now."""
        there = [self.states[i][0] for i in indexes if self.states[i][0] != self.states[self.at][0]]
        return self.numbers.choice(there) if there else None

    def with_breakpoint(self, place, run):
        assert self.rsp.exchange(f"Z0,{place:x},1") == "OK", self.doing
        stop = run()
        assert self.rsp.exchange(f"z0,{place:x},1") == "OK", self.doing
        return stop

    def run_to(self):
        after = range(self.at + 1, ROUNDS + 1)
        if place := self.places(after):
            stop = self.with_breakpoint(place, self.rsp.go)
            there = next(i for i in after if self.states[i][0] == place)
            self.arrived(stop, min(there, self.live) if self.at < self.live else there)

    def run_back_to(self):
        before = range(self.at - 1, -1, -1)
        if place := self.places(before):
            stop = self.with_breakpoint(place, self.rsp.go_back)
            self.arrived(stop, next(i for i in before if self.states[i][0] == place))


def test_no_wrong_answer_over_a_line_that_loses_and_flips_one_byte_in_a_hundred():
    states = truth()
    with MonitoredGuest("calls") as machine, SerialLine(machine, odds=0.01, seed=SEED) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge, RspClient(bridge.socket, pace=3) as rsp:
        session = MixedSession(rsp, states, random.Random(SEED + 1000))
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            session.one()
        print(f"{session.commands} commands, {line.harmed} of {line.passed} bytes harmed")
        assert line.harmed > 20


def steps_per_second(gdb, seconds=4):
    """stepi at gdb's prompt, with a breakpoint somewhere."""
    gdb.run("break inner")
    gdb.run("stepi")
    count, start = 0, time.monotonic()
    while time.monotonic() < start + seconds:
        gdb.run("stepi")
        count += 1
    return count / (time.monotonic() - start)


@pytest.mark.quiet
def test_steps_over_a_slow_line_are_faster_with_the_bridge():
    with MonitoredGuest("calls") as machine, SerialLine(machine) as line, machine.gdb(connect=False) as gdb:
        gdb.connect(line.path)
        bare = steps_per_second(gdb)
    with MonitoredGuest("calls") as machine, SerialLine(machine) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge, bridge.gdb() as gdb:
        gdb.run("info registers rip rax")
        bridged = steps_per_second(gdb)
    print(f"steps per second at 115200 baud: bare {bare:.0f}, through the bridge {bridged:.0f}: {bridged / bare:.1f} times")
    assert bridged > 1.2 * bare
