# SPDX-License-Identifier: EPL-2.0
"""Tracepoints by real gdb: collected without a stop, live, while recording, and over the past."""
import re
import tempfile

import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor


@pytest.fixture(params=["off", "on"], ids=["live", "recorded"])
def calls(request):
    with MonitoredGuest("calls", record=request.param) as machine, machine.gdb() as gdb:
        yield gdb


def trace(gdb, place, *actions, passes=0, condition=""):
    gdb.run(f"trace {place}{' if ' + condition if condition else ''}")
    if passes:
        gdb.run(f"passcount {passes}")
    if actions:
        with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
            script.write("\n".join(["actions", *actions, "end", ""]))
            script.flush()
            gdb.run(f"source {script.name}")


def go_to_round(gdb, number):
    gdb.run(f"tbreak one_round if round == {number}")
    gdb.run("continue", 60)


def test_frames_hold_what_was_collected(calls):
    trace(calls, "inner", "collect x, watched, $rsp")
    calls.run("tstart")
    go_to_round(calls, 3)
    calls.run("tstop")
    status = calls.run("tstatus")
    assert "Collected 3 trace frames" in status and "tstop command" in status
    rsp = calls.value("$rsp")
    for number in range(3):
        assert f"Found trace frame {number}, tracepoint 1" in calls.run("tfind")
        assert calls.value("x") == 111
        assert calls.value("watched") == 9
        assert calls.value("$trace_frame") == number
        assert calls.value("$rsp") != rsp
    with pytest.raises(AssertionError, match="failed to find"):
        calls.run("tfind")
    calls.run("tfind none")
    assert calls.value("$rsp") == rsp


def test_what_was_not_collected_is_not_there(calls):
    trace(calls, "inner", "collect x")
    calls.run("tstart")
    go_to_round(calls, 1)
    calls.run("tstop")
    calls.run("tfind 0")
    assert "unavailable" in calls.run("print numbers")
    assert calls.value("x") == 111


def test_pass_count_and_condition(calls):
    trace(calls, "fact", "collect n", passes=4, condition="n == 2")
    calls.run("tstart")
    go_to_round(calls, 8)
    assert "Collected 4 trace frames" in calls.run("tstatus")
    assert "stopped by tracepoint 1" in calls.run("tstatus")
    calls.run("tfind 3")
    assert calls.value("n") == 2


def test_trace_state_variables_and_strings(calls):
    calls.run("tvariable $sum = 100")
    trace(calls, "fact", "collect n", "teval $sum = $sum + n", "collect $sum")
    calls.run("tstart")
    go_to_round(calls, 1)
    calls.run("tstop")
    assert calls.value("$sum") == 115
    calls.run("tfind 1")
    assert (calls.value("n"), calls.value("$sum")) == (4, 109)


def test_unreadable_memory_ends_the_trace_with_a_reason(calls):
    trace(calls, "inner", "collect *(int *)0x7fff00000000")
    calls.run("tstart")
    go_to_round(calls, 1)
    status = calls.run("tstatus")
    assert "memory cannot be read" in status and "Collected 0 trace frames" in status


def test_a_full_buffer_ends_the_trace(calls):
    trace(calls, "add", "collect numbers")
    calls.run("tstart")
    go_to_round(calls, 200)
    status = calls.run("tstatus")
    assert "full" in status
    frames = int(re.search(r"Collected (\d+) trace frames", status).group(1))
    assert frames > 200
    calls.run(f"tfind {frames - 1}")
    assert calls.value("numbers[5]") == 9


def test_saved_frames_are_read_again(calls, tmp_path):
    trace(calls, "inner", "collect x")
    calls.run("tstart")
    go_to_round(calls, 2)
    calls.run("tstop")
    calls.run(f"tsave {tmp_path / 'frames'}")
    calls.run("disconnect")
    calls.run(f"target tfile {tmp_path / 'frames'}")
    calls.run("tfind 1")
    assert calls.value("x") == 111
    assert "inner" in calls.run("frame")


def test_over_the_past():
    """Recorded without; then traced over the same rounds, twice, and the recording is what it was."""
    with MonitoredGuest("calls") as machine, machine.gdb() as gdb:
        go_to_round(gdb, 10)
        end = gdb.monitor("digest")
        for _ in range(2):
            gdb.run("reverse-continue", 60)
            trace(gdb, "fact", "collect n, round")
            gdb.run("tstart")
            assert "history" in gdb.run("continue", 60)
            gdb.run("tstop")
            assert "Collected 50 trace frames" in gdb.run("tstatus")
            gdb.run("tfind 49")
            assert (gdb.value("n"), gdb.value("round")) == (1, 9)
            gdb.run("tfind none")
            gdb.run("delete")
            assert gdb.monitor("digest") == end


def test_connecting_is_quick_and_detaching_ends_the_trace():
    with MonitoredGuest("calls", record="off") as machine:
        with machine.gdb() as gdb:
            trace(gdb, "add", "collect a")
            gdb.run("tstart")
            gdb.run("detach")
        machine.wait_printed("^calls: done ")
        with machine.gdb() as gdb:
            assert "Collected 0 trace frames" in gdb.run("tstatus")
