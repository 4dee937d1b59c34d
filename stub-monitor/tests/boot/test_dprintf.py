# SPDX-License-Identifier: EPL-2.0
"""dprintf with `set dprintf-style agent`: the monitor prints, the guest does not stop."""
import re

import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor


@pytest.fixture(params=["off", "on"], ids=["live", "recorded"])
def calls(request):
    with MonitoredGuest("calls", record=request.param) as machine, machine.gdb() as gdb:
        gdb.run("set dprintf-style agent")
        yield gdb


def test_output_comes_without_a_stop(calls):
    calls.run('dprintf fact,"fact of %d, round %lu\\n", n, round')
    calls.run("break one_round if round == 3")
    printed = calls.run("continue")
    lines = re.findall(r"fact of (\d), round (\d)\n", printed)
    assert lines == [(str(n), str(r)) for r in range(3) for n in (5, 4, 3, 2, 1)]
    assert "agent-printf" in calls.run("info breakpoints")


def test_condition_of_a_dprintf(calls):
    calls.run('dprintf fact,"n=%d\\n", n')
    calls.run("condition 1 n == 2 && round > 0")
    calls.run("break one_round if round == 4")
    assert re.findall(r"n=\d", calls.run("continue")) == ["n=2"] * 3


def test_strings_and_addresses(calls):
    calls.run('dprintf one_round,"%5d|%-4c|%p|%s|\\n", numbers[5], 65, &numbers, (char *)&numbers[1]')
    calls.run("break middle if round == 1")
    address = calls.value("(long)&numbers")
    assert f"    9|A   |{address:#x}|\\001|" in calls.run("continue")


def test_a_breakpoint_at_the_same_place_stops(calls):
    calls.run('dprintf fact,"n=%d\\n", n')
    calls.run("break fact if n == 3")
    assert "fact (n=3)" in calls.run("continue")


def test_an_unreadable_value_says_so_and_goes_on(calls):
    calls.run('dprintf one_round,"%d\\n", *(int *)0x7fff00000000')
    calls.run("break middle if round == 2")
    printed = calls.run("continue")
    assert len(re.findall("the command of the breakpoint at 0x[0-9a-f]+: memory cannot be read", printed)) == 3


def test_a_flood_of_output_leaves_the_line_whole():
    with MonitoredGuest("calls", record="off") as machine, machine.gdb() as gdb:
        gdb.run("set dprintf-style agent")
        gdb.run('dprintf add,"%d and %d\\n", a, b')
        gdb.run_away()
        machine.wait_printed("^calls: done ")
        stop = gdb.interrupt(30)
        assert "SIGINT" in stop
        assert gdb.value("numbers[5]") == 9


def test_replay_prints_again_and_travel_does_not():
    with MonitoredGuest("calls") as machine, machine.gdb() as gdb:
        gdb.run("set dprintf-style agent")
        gdb.run('dprintf fact,"n=%d\\n", n')
        gdb.run("tbreak one_round if round == 6")
        first = re.findall(r"n=\d", gdb.run("continue"))
        assert len(first) == 30
        gdb.run("tbreak one_round if round == 2")
        assert "n=" not in gdb.run("reverse-continue", 60)
        assert gdb.value("round") == 2
        assert "n=" not in gdb.run("reverse-stepi")
        assert re.findall(r"n=\d", gdb.run("continue")) == first[10:]


def test_recording_with_dprintf_is_replayed_without():
    with MonitoredGuest("ticks") as machine, machine.gdb() as gdb:
        gdb.run("set dprintf-style agent")
        gdb.run('dprintf on_tick,"tick\\n"')
        gdb.run_away()
        machine.wait_printed("^ticks: done ", 60)
        gdb.interrupt()
        gdb.run("delete")
        end = gdb.monitor("digest")
        gdb.run("reverse-continue", 120)
        assert "history" in gdb.run("continue", 120)
        assert gdb.monitor("digest") == end
