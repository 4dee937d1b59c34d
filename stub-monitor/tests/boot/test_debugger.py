# SPDX-License-Identifier: EPL-2.0
"""Real gdb on the bare UART: the commands a user gives, forwards and backwards."""
import re

import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor


@pytest.fixture(params=["off", "on"], ids=["live", "recorded"])
def calls(request):
    """gdb at a breakpoint in inner(), the guest live or recorded."""
    with MonitoredGuest("calls", record=request.param) as machine, machine.gdb() as gdb:
        gdb.run("break inner")
        gdb.run("continue")
        yield gdb


@pytest.fixture
def recorded_calls():
    """gdb after two rounds of a recording, in inner() called the third time."""
    with MonitoredGuest("calls") as machine, machine.gdb() as gdb:
        gdb.run("break inner")
        gdb.run("ignore 1 2")
        gdb.run("continue")
        gdb.run("delete")
        yield gdb


def test_break_and_backtrace(calls):
    frames = calls.run("bt")
    assert re.search(r"#0 +inner \(x=111\).*#1 .*middle \(x=101\).*#2 .*outer \(x=1\)", frames, re.S)
    assert "one_round ()" in frames


def test_watch_write(calls):
    calls.run("watch watched")
    stop = calls.run("continue")
    assert re.search(r"Old value = \d+\nNew value = \d+", stop)


def test_watch_read_and_access(calls):
    calls.run("delete")
    calls.run("rwatch numbers[3]")
    assert re.search(r"Value = 1\n.*sum_of_numbers", calls.run("continue"), re.S)
    calls.run("delete")
    calls.run("awatch watched")
    assert re.search(r"[Vv]alue = ", calls.run("continue"))


def test_finish_shows_the_value(calls):
    assert "Value returned is $1 = 223" in calls.run("finish")


def test_next_goes_over_a_call_and_step_into_it(calls):
    calls.run("delete")
    calls.run("break middle")
    calls.run("continue")
    calls.run("next")
    assert "inner (x=111)" not in calls.run("next")
    assert "middle" in calls.run("bt 1")
    calls.run("continue")
    calls.run("next")
    assert "inner (x=111)" in calls.run("step")


def test_until_leaves_a_loop(calls):
    calls.run("delete")
    calls.run("break sum_of_numbers")
    calls.run("continue")
    calls.run("until 74")
    assert calls.value("i") == 10 or "return sum" in calls.run("frame")


def test_disassembly_has_no_breakpoints_in_it(calls):
    with_breakpoint = calls.run("x/4i inner")
    calls.run("delete")
    assert calls.run("x/4i inner") == with_breakpoint
    assert "int3" not in with_breakpoint


def test_registers_of_the_system(calls):
    registers = calls.run("info registers")
    for name in ("rip", "eflags", "cs", "cr0", "cr3", "cr4", "efer"):
        assert re.search(rf"^{name} ", registers, re.MULTILINE), name
    assert calls.value("$cr3") != 0
    assert calls.value("$cs") == 8


def test_call_of_guest_functions(calls):
    assert calls.run("print add(2, 3)").strip() == "$1 = 5"
    assert calls.run("print mul(1.5, 2.0)").strip() == "$2 = 3"
    assert calls.run("print half(7.0)").strip() == "$3 = 3.5"
    assert calls.run("print fact(5)").strip() == "$4 = 120"
    assert "inner (x=111)" in calls.run("bt 1")


def test_return_of_a_floating_point_value(calls):
    calls.run("delete")
    calls.run("break half")
    calls.run("continue")
    calls.run("return (double)5.0")
    calls.run("delete")
    calls.run("next")
    assert calls.run("print halves").strip().endswith("= 5")


def test_register_and_memory_can_be_written(calls):
    calls.run("set var watched = 4711")
    assert calls.value("watched") == 4711
    calls.run("set var $rbx = 0x1234567812345678")
    assert calls.value("$rbx") == 0x1234567812345678


def test_unmapped_address_is_an_error(calls):
    with pytest.raises(AssertionError, match="Cannot access memory"):
        calls.run("x/4xb 0x7fff00000000")


def test_detach_and_reattach():
    with MonitoredGuest("calls", record="off") as machine:
        with machine.gdb() as gdb:
            gdb.run("break inner")
            gdb.run("continue")
            gdb.run("detach")
        machine.wait_printed("^calls: done ")
        with machine.gdb() as gdb:
            gdb.run("break outer")
            assert "outer (x=1)" in gdb.run("continue")


def test_break_in_from_gdb():
    with MonitoredGuest("calls") as machine, machine.gdb() as gdb:
        gdb.run_away()
        machine.wait_printed("^calls: done ")
        assert "SIGINT" in gdb.interrupt()
        assert "guest_main" in gdb.run("bt")


def test_reverse_stepi_is_undone_by_stepi(recorded_calls):
    before = recorded_calls.run("info registers")
    recorded_calls.run("reverse-stepi 50", 60)
    assert recorded_calls.run("info registers") != before
    recorded_calls.run("stepi 50", 60)
    assert recorded_calls.run("info registers") == before


def test_reverse_step_and_next(recorded_calls):
    recorded_calls.run("next")
    recorded_calls.run("next")
    line = recorded_calls.run("frame")
    recorded_calls.run("reverse-next")
    assert recorded_calls.run("frame") != line
    recorded_calls.run("next")
    assert recorded_calls.run("frame") == line
    recorded_calls.run("reverse-step")
    recorded_calls.run("reverse-step")
    assert "inner" in recorded_calls.run("frame")


def test_reverse_finish_goes_to_the_call(recorded_calls):
    recorded_calls.run("reverse-finish")
    frame = recorded_calls.run("frame")
    assert "middle (x=101)" in frame and "inner(in_middle)" in frame


def test_reverse_continue_to_a_breakpoint(recorded_calls):
    round_now = recorded_calls.value("round")
    recorded_calls.run("break outer")
    assert "outer (x=1)" in recorded_calls.run("reverse-continue")
    assert recorded_calls.value("round") == round_now
    recorded_calls.run("reverse-continue")
    assert recorded_calls.value("round") == round_now - 1


def test_reverse_watchpoint_shows_who_wrote(recorded_calls):
    recorded_calls.run("watch watched")
    stop = recorded_calls.run("reverse-continue")
    old, new = re.search(r"Old value = (\d+)\nNew value = (\d+)", stop).groups()
    assert old != new
    assert recorded_calls.value("watched") == int(new)
    recorded_calls.run("stepi")
    assert recorded_calls.value("watched") == int(old)


def test_reverse_to_the_beginning(recorded_calls):
    stop = recorded_calls.run("reverse-continue", 60)
    assert "history" in stop
    assert recorded_calls.value("$rip") == recorded_calls.value("(unsigned long)&entry")
    assert "history" in recorded_calls.run("continue", 60)


def test_run_starts_the_recording_again():
    with MonitoredGuest("calls") as machine, machine.gdb(connect=False) as gdb:
        gdb.run(f"target extended-remote {machine.link}", 60)
        gdb.run("break inner")
        for _ in range(3):
            gdb.run("continue")
        assert gdb.value("round") == 2
        assert "inner (x=111)" in gdb.run("run", 60)
        assert gdb.value("round") == 0
        gdb.run("kill")
        assert "inner (x=111)" in gdb.run("run", 60)
        assert gdb.value("round") == 0


def test_run_without_a_recording_is_refused():
    with MonitoredGuest("calls", record="off") as machine, machine.gdb(connect=False) as gdb:
        gdb.run(f"target extended-remote {machine.link}", 60)
        with pytest.raises(AssertionError, match="on the remote target failed"):
            gdb.run("run")


def test_exec_direction_reverse(recorded_calls):
    recorded_calls.run("set exec-direction reverse")
    recorded_calls.run("break middle")
    assert "middle (x=101)" in recorded_calls.run("continue")
    recorded_calls.run("set exec-direction forward")


def test_seek_by_monitor_command(recorded_calls):
    here = recorded_calls.run("print $rip")
    instant = re.search(r"now @(\d+)", recorded_calls.monitor("status")).group(1)
    recorded_calls.monitor("seek begin")
    recorded_calls.forget()
    assert recorded_calls.value("$rip") == recorded_calls.value("(unsigned long)&entry")
    recorded_calls.monitor(f"seek @{instant}")
    recorded_calls.forget()
    assert recorded_calls.run("print $rip").split("=")[1] == here.split("=")[1]
