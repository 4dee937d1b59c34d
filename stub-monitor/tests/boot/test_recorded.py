# SPDX-License-Identifier: EPL-2.0
"""The guests recorded, replayed and compared, stepped backwards: equal instants, equal states."""
import random
import time

import pytest

from harness import MonitoredGuest, done_line, run_bare
from recording import PLACES, RECORDED, REPLAYS, SEEKS, STEPS, recorded
from test_bare import NO_INPUT

pytestmark = pytest.mark.monitor

MARKS_WHILE_RECORDING = 10


def check_replay(machine, rsp):
    """To the beginning and back to the end by seek: the same state, and no device was touched."""
    end, printed = rsp.state(), machine.printed()
    begin, last = rsp.status()["history"]
    assert end[0] == last
    assert rsp.seek("begin") == begin
    assert rsp.seek("end") == last
    assert rsp.state() == end
    assert machine.printed() == printed


def check_forward_run(rsp):
    """To the beginning, and forwards by continue: stops at the end of history, in its state."""
    end = rsp.state()
    rsp.seek("begin")
    assert rsp.go(120).where == "replaylog:end"
    assert rsp.state() == end


def check_steps_back(rsp, instant, count):
    """From an instant so many steps back and forth, state by state."""
    rsp.seek(instant)
    states = [rsp.registers()]
    digest = rsp.digest()
    for _ in range(count):
        assert rsp.step_back().where == "T05 "
        states.append(rsp.registers())
    for expected in reversed(states[:-1]):
        rsp.step()
        assert rsp.registers() == expected
    assert rsp.now() == instant
    assert rsp.digest() == digest


@pytest.mark.parametrize("name", RECORDED)
def test_recording_is_replayed_and_stepped_backwards(name):
    with recorded(name) as (machine, rsp):
        assert "panic" not in machine.printed()
        check_replay(machine, rsp)
        check_forward_run(rsp)
        last = rsp.now()
        check_steps_back(rsp, last, 20)
        check_steps_back(rsp, last // 2, 20)
        assert rsp.monitor("events 5")
        assert rsp.monitor("checkpoints")


@pytest.mark.parametrize("name", [name for name in NO_INPUT if name != "hello"])
def test_recorded_guest_without_input_has_the_digest_it_has_alone(name):
    with recorded(name) as (machine, _):
        assert done_line(machine.printed()) == done_line(run_bare(name))


@pytest.mark.parametrize("name", ["ticks", "apic", "ports"])
def test_one_recording_replayed_often_ends_the_same(name):
    with recorded(name) as (_, rsp):
        end = rsp.state()
        for _ in range(REPLAYS):
            rsp.seek("begin")
            assert rsp.go(120).where == "replaylog:end"
            assert rsp.state() == end


def marks_while_recording(machine, rsp, count=MARKS_WHILE_RECORDING, shortest=0.01):
    """Break-ins on the live way forward: {instant: digest}."""
    marks = {}
    for _ in range(count):
        rsp.resume("c")
        time.sleep(random.uniform(shortest, 10 * shortest))
        rsp.interrupt()
        marks[rsp.now()] = rsp.state()
    rsp.resume("c")
    machine.wait_printed(r": done [0-9a-f]+\n", 120)
    rsp.interrupt()
    return marks


def marks_on_the_way_forward(rsp, count):
    begin, end = rsp.status()["history"]
    marks = {}
    rsp.seek("begin")
    for instant in sorted(random.sample(range(begin, end + 1), count)):
        assert rsp.seek(instant) == instant
        marks[instant] = rsp.state()
    return marks


@pytest.mark.parametrize("name", ["ticks", "fpu"])
def test_random_seeks_agree_with_the_way_forward(name):
    with MonitoredGuest(name) as machine, machine.rsp() as rsp:
        marks = marks_while_recording(machine, rsp)
        marks |= marks_on_the_way_forward(rsp, max(1, SEEKS // 5))
        for _ in range(SEEKS):
            instant = random.choice(list(marks))
            assert rsp.seek(instant) == instant
            assert rsp.state() == marks[instant], f"at @{instant}"


def test_break_in_during_a_delivery_has_the_state_of_its_instant():
    """A tick wakes the halted guest in the moment the debugger breaks in: of hundred break-ins, some meet one."""
    with MonitoredGuest("ticks") as machine, machine.rsp() as rsp:
        marks = marks_while_recording(machine, rsp, 100, 0.001)
        for instant, state in marks.items():
            rsp.seek(instant)
            assert rsp.state() == state, f"at @{instant}"


@pytest.mark.parametrize("name", ["ticks", "ports", "faults"])
def test_many_steps_back_and_forth_from_random_places(name):
    with recorded(name) as (_, rsp):
        begin, end = rsp.status()["history"]
        for _ in range(PLACES):
            check_steps_back(rsp, random.randrange(begin + STEPS, end - STEPS), STEPS)


def test_history_has_a_beginning_and_an_end():
    with recorded("hello") as (_, rsp):
        begin, _ = rsp.status()["history"]
        rsp.seek("begin")
        for way in (rsp.step_back, rsp.go_back):
            stop = way()
            assert (stop.signal, stop.reason, stop.value) == (5, "replaylog", "begin")
            assert rsp.now() == begin
        stop = rsp.go()
        assert (stop.signal, stop.reason, stop.value) == (5, "replaylog", "end")


def test_guest_goes_live_again_after_the_past():
    with MonitoredGuest("ticks") as machine, machine.rsp() as rsp:
        rsp.resume("c")
        machine.wait_printed("^ticks: ready")
        time.sleep(0.1)
        rsp.interrupt()
        rsp.seek("begin")
        time.sleep(0.2)
        assert rsp.go(120).where == "replaylog:end"
        rsp.resume("c")
        machine.wait_printed("^ticks: done ", 60)
        rsp.interrupt()
        check_replay(machine, rsp)


def test_write_in_the_past_is_a_branch_and_leaves_history_alone():
    with recorded("faults") as (machine, rsp):
        end = rsp.state()
        rsp.seek(end[0] // 2)
        before = rsp.digest()
        rsp.write(machine.symbol("counts"), b"\x55" * 8)
        rsp.step()
        assert rsp.status()["mode"].startswith("what-if")
        rsp.seek(end[0] // 2)
        assert rsp.digest() == before
        rsp.seek("end")
        assert rsp.state() == end
