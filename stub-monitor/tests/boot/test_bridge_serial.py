# SPDX-License-Identifier: EPL-2.0
"""The bridge on a slow and bad serial line. RETROVISOR_TEST_SERIAL_SECONDS: a mixed session so long on the bad line."""
import os
import random
import re
import time

import pytest

from bridge import Bridge, needs_bridge
from harness import MonitoredGuest
from rsp_client import RspClient
from serial_line import SerialLine

pytestmark = [pytest.mark.monitor, needs_bridge]

SECONDS = float(os.environ.get("RETROVISOR_TEST_SERIAL_SECONDS", "0"))
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


@pytest.mark.skipif(not SECONDS, reason="RETROVISOR_TEST_SERIAL_SECONDS is not set")
def test_no_wrong_answer_over_a_line_that_loses_and_flips_one_byte_in_a_hundred():
    states = truth()
    numbers = random.Random(7)
    commands = 0
    with MonitoredGuest("calls") as machine, SerialLine(machine, odds=0.01, seed=3) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge:
        with RspClient(bridge.socket, pace=20) as rsp:
            at, end = 0, time.monotonic() + SECONDS
            while time.monotonic() < end:
                commands += 1
                choice = numbers.randrange(8)
                if choice < 3 and at < ROUNDS:
                    stop = rsp.step()
                    at += 1
                    assert stop.rip == states[at][0], f"step {commands}"
                elif choice < 5 and at > 0:
                    stop = rsp.step_back()
                    at -= 1
                    assert stop.rip == states[at][0], f"step back {commands}"
                elif choice == 5:
                    assert rsp.registers() == states[at][1], f"g {commands}"
                elif choice == 6:
                    stack = rsp.why().registers[7] & -64
                    assert rsp.exchange(f"m{stack:x},40") == states[at][2], f"m {commands}"
                else:
                    rsp.output = ""
                    assert rsp.exchange("qRcmd," + b"status".hex()) == "OK"
                    assert re.search(r"^now @\d+$", rsp.output, re.M), rsp.output
        print(f"{commands} commands, {line.harmed} of {line.passed} bytes harmed")
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
