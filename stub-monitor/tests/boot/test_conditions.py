# SPDX-License-Identifier: EPL-2.0
"""Conditions of breakpoints, evaluated in the monitor: by real gdb, and by hand where gdb would not show the difference."""
import re
import subprocess

import pytest

from harness import MonitoredGuest, run_to_done
from recording import recorded

pytestmark = pytest.mark.monitor

NEVER, ALWAYS = "X3,220027", "X3,220127"  # 0; 1


@pytest.fixture(params=["off", "on"], ids=["live", "recorded"])
def calls(request):
    with MonitoredGuest("calls", record=request.param) as machine, machine.gdb() as gdb:
        yield gdb


def test_gdb_says_that_the_target_evaluates(calls):
    calls.run("break one_round if round == 30")
    assert "one_round" in calls.run("continue")
    assert calls.value("round") == 30
    assert "stop only if round == 30 (target evals)" in calls.run("info breakpoints")
    assert "already hit 1 time" in calls.run("info breakpoints")


def test_locals_calls_and_several_conditions(calls):
    calls.run("break fact if n == 2")
    assert "fact (n=2)" in calls.run("continue")
    assert "already hit 1 time" in calls.run("info breakpoints")
    calls.run("break fact if n == 4")
    assert "fact (n=4)" in calls.run("continue")
    assert "fact (n=2)" in calls.run("continue")


def test_hardware_breakpoint_with_condition(calls):
    calls.run("hbreak one_round if round == 12")
    calls.run("continue")
    assert calls.value("round") == 12


def test_a_changed_condition_holds(calls):
    calls.run("break one_round if round == 5")
    calls.run("continue")
    calls.run("condition 1 round == 9")
    calls.run("continue")
    assert calls.value("round") == 9


def test_a_condition_that_cannot_be_evaluated_stops(calls):
    calls.run("break one_round if *(int *)0x7fff00000000 == 1")
    stop = calls.run("continue")
    assert "memory cannot be read" in stop and "one_round" in stop


def test_stepping_on_and_off_a_false_condition(calls):
    calls.run("break one_round if round == 3")
    calls.run("continue")
    calls.run("condition 1 round == 1000000")
    calls.run("break middle")
    calls.run("continue")
    calls.run("break inner if x == 1000000")
    before = calls.value("watched")
    calls.run("next")
    calls.run("next")
    assert calls.value("watched") == before + 222
    assert "middle" in calls.run("frame")
    calls.run("stepi 300", 60)


def test_backwards_and_forwards_again():
    with MonitoredGuest("calls") as machine, machine.gdb() as gdb:
        gdb.run("break one_round if round == 30")
        gdb.run("continue")
        for kind, number, back in (("break", 7, True), ("hbreak", 3, True), ("break", 12, False), ("hbreak", 25, False)):
            gdb.run("delete")
            gdb.run(f"{kind} one_round if round == {number}")
            assert "one_round" in gdb.run("reverse-continue" if back else "continue", 60)
            assert gdb.value("round") == number
        gdb.run("delete")
        gdb.run("break one_round if round == 10000")
        assert "history" in gdb.run("reverse-continue", 60)
        assert "history" in gdb.run("continue", 60)
        assert gdb.value("round") == 30


@pytest.mark.parametrize("name,symbol", [("ticks", "on_tick"), ("calls", "add")])
def test_false_conditions_leave_no_trace_in_a_recording(name, symbol):
    """Recorded with a breakpoint that is passed again and again; replayed with it, without it, with another."""
    with MonitoredGuest(name) as machine, machine.rsp() as rsp:
        place = machine.symbol(symbol)
        assert rsp.exchange(f"Z0,{place:x},1;{NEVER}") == "OK"
        run_to_done(machine, rsp)
        end = rsp.now()
        middle = end // 2
        states = []
        for packet in ("", f"z0,{place:x},1", f"Z1,{place:x},1;{NEVER}{NEVER}"):
            if packet:
                assert rsp.exchange(packet) == "OK"
            rsp.seek("begin")
            assert rsp.go(120).where == "replaylog:end"
            rsp.seek(middle)
            states.append(rsp.state())
        assert states[0] == states[1] == states[2]


def test_recorded_without_replayed_with():
    with recorded("ticks") as (machine, rsp):
        end = rsp.state()
        place = machine.symbol("on_tick")
        assert rsp.exchange(f"Z0,{place:x},1;{NEVER}") == "OK"
        rsp.seek("begin")
        assert rsp.go(120).where == "replaylog:end"
        assert rsp.state() == end
        assert rsp.go_back(120).where == "replaylog:begin"
        assert rsp.exchange(f"Z0,{place:x},1;{NEVER}{ALWAYS}") == "OK"
        assert rsp.go(120).reason == "swbreak"


@pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])
def test_break_in_while_conditions_are_false(record):
    """The byte may come at any moment of passing a breakpoint, also while the monitor takes its timer's interrupt."""
    with MonitoredGuest("calls", record=record) as machine, machine.rsp() as rsp:
        assert rsp.exchange(f"Z0,{machine.symbol('add'):x},1;{NEVER}") == "OK"
        for _ in range(60):
            rsp.resume("c")
            assert rsp.interrupt().signal == 2


@pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])
@pytest.mark.parametrize("name,places", [("faults", "guest_main"), ("calls", "one_round")])
def test_every_kind_of_instruction_is_passed(name, places, record):
    """A breakpoint that never stops at each of many instructions in a row: the guest's digest is that without."""
    with MonitoredGuest(name, record=record) as machine, machine.rsp() as rsp:
        rsp.resume("c")
        plain = machine.wait_printed(rf"^{name}: done ([0-9a-f]+)$", 20).group(1)
    with MonitoredGuest(name, record=record) as machine, machine.rsp() as rsp:
        for place in instructions(machine, places, 60):
            assert rsp.exchange(f"Z0,{place:x},1;{NEVER}") == "OK"
        rsp.resume("c")
        assert machine.wait_printed(rf"^{name}: done ([0-9a-f]+)$", 20).group(1) == plain


def instructions(machine, symbol, count):
    """The addresses of a function's first instructions."""
    text = subprocess.run(["objdump", "-d", "--insn-width=15", f"--disassemble={symbol}", str(machine.symbols_from)],
                          capture_output=True, text=True, check=True).stdout
    return [int(address, 16) for address in re.findall(r"^ +([0-9a-f]+):\t", text, re.MULTILINE)][:count]
