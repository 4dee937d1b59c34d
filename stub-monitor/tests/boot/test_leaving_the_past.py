# SPDX-License-Identifier: EPL-2.0
"""The debugger leaves the guest in the past, or ends the recording there: the guest goes on live."""
import time

import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor


def in_the_past(machine, rsp):
    """Half-way back into a running guest's recording; the count of rounds at its live end."""
    rsp.resume("c")
    machine.wait_printed("^calls: done ")
    time.sleep(0.05)
    rsp.interrupt()
    rounds = rsp.read_u64(machine.symbol("round"))
    rsp.seek(rsp.now() // 2)
    assert rsp.read_u64(machine.symbol("round")) < rounds
    return rounds


def test_guest_runs_on_after_detaching_in_the_past():
    with MonitoredGuest("calls") as machine:
        with machine.rsp() as rsp:
            rounds = in_the_past(machine, rsp)
            assert rsp.exchange("D") == "OK"
        time.sleep(0.3)
        with machine.rsp() as rsp:
            assert rsp.why().signal == 2  # it ran until this visitor came
            assert rsp.status()["mode"] == "live end of the recording"
            assert rsp.read_u64(machine.symbol("round")) > rounds
            live = rsp.state()
            rsp.seek("begin")
            assert rsp.go(120).where == "replaylog:end"
            assert rsp.state() == live


def test_recording_ended_in_the_past_leaves_the_live_end():
    with MonitoredGuest("calls") as machine, machine.rsp() as rsp:
        rsp.resume("c")
        machine.wait_printed("^calls: done ")
        rsp.interrupt()
        registers, digest = rsp.registers(), rsp.digest()
        rounds = rsp.read_u64(machine.symbol("round"))
        rsp.seek(rsp.now() // 2)
        rsp.monitor("record off")
        assert rsp.status()["mode"].startswith("live, not")
        assert (rsp.registers(), rsp.digest()) == (registers, digest)
        rsp.resume("c")
        time.sleep(0.1)
        rsp.interrupt()
        assert rsp.read_u64(machine.symbol("round")) > rounds
