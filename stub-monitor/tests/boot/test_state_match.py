# SPDX-License-Identifier: EPL-2.0
"""The other instruction clock: recordings without -icount, replayed, stepped backwards, searched backwards.

All suites run on it with RETROVISOR_TEST_CLOCK=state-match. Here is what it has of its own, and one test of each kind."""
import random
import re

import pytest

from bridge import needs_bridge
from devices import DEVICES, device_options
from harness import MonitoredGuest, done_line, run_bare, run_to_done
from recording_command import record_whole, run
from test_conditions import NEVER
from test_dma import dma_counts, received
from test_recorded import check_forward_run, check_replay, check_steps_back

pytestmark = pytest.mark.monitor

EPOCH = 1_000_000_000  # instants: clock/instruction_clock.h
# Their interrupts do not come in loops that run long: what that costs is in docs/PERFORMANCE.md.
GUESTS = ["hello", "ports", "clocks", "control", "faraway", "modes", "svmprobe", "debugregs", "nmis"]


def machine(name, **options):
    return MonitoredGuest(name, icount=False, monitor_options="clock=state-match", **options)


def beyond_the_exit(rsp, instant):
    """Before the instruction of an exit a state has two names: behind it there is one."""
    rsp.seek(instant)
    if rsp.now() % EPOCH == 0:
        rsp.step()
    return rsp.now()


@pytest.mark.parametrize("name", GUESTS)
def test_recording_is_replayed_and_stepped_backwards(name):
    with machine(name) as guest, guest.rsp() as rsp:
        run_to_done(guest, rsp)
        check_replay(guest, rsp)
        check_forward_run(rsp)
        last = rsp.now()
        check_steps_back(rsp, last, 20)
        check_steps_back(rsp, beyond_the_exit(rsp, last // 2 // EPOCH * EPOCH), 20)


def test_interrupts_in_a_loop_are_found_again():
    """A thousand times a second, in a loop of floating-point arithmetic in which no counter runs."""
    with machine("fpu") as guest, guest.rsp() as rsp:
        run_to_done(guest, rsp)
        assert any(" place " in line for line in rsp.monitor("events 100"))
        check_replay(guest, rsp)
        end = rsp.state()
        rsp.seek("begin")
        assert rsp.go(300).where == "replaylog:end"
        assert rsp.state() == end


@pytest.mark.parametrize("name", DEVICES)
def test_dma_is_recorded_and_found_backwards(name):
    with device_options(name) as (qemu, image):
        digest = done_line(run_bare(name, options=qemu, icount=False))
        with machine(name, options=qemu) as guest, guest.rsp() as rsp:
            run_to_done(guest, rsp)
            assert done_line(guest.printed()) == digest
            counts = dma_counts(rsp)
            assert counts["events"] > 0 and counts["late"] == 0 and counts["unwatched"] == 0
            image.write_bytes(bytes(image.stat().st_size))
            check_replay(guest, rsp)
            check_forward_run(rsp)
            address = guest.symbol(received(name))
            now = rsp.read(address, 8)
            rsp.insert(2, address, 8)
            stop = rsp.go_back()
            assert (stop.reason, int(stop.value, 16)) == ("watch", address)
            assert re.search(r"written by a device, not by the guest: @\d+  dma  page 0x", stop.text), stop.text
            assert rsp.read(address, 8) != now
            rsp.step()
            assert rsp.read(address, 8) == now


def hits_forward(rsp, address, most=12):
    instants = []
    rsp.seek("begin")
    rsp.insert(0, address)
    while rsp.go().reason == "swbreak" and len(instants) < most:
        instants.append(rsp.now())
        rsp.remove(0, address)
        rsp.step()
        rsp.insert(0, address)
    rsp.remove(0, address)
    return instants


def test_a_breakpoint_is_hit_at_the_same_instants_backwards_as_forwards():
    with machine("ports") as guest, guest.rsp() as rsp:
        run_to_done(guest, rsp)
        for symbol in ("print", "guest_ready"):
            address = guest.symbol(symbol)
            forward = hits_forward(rsp, address)
            assert forward, symbol
            rsp.insert(0, address)
            for instant in reversed(forward):
                assert rsp.go_back().reason == "swbreak"
                assert rsp.now() == instant, symbol
            assert rsp.go_back().where == "replaylog:begin"
            rsp.remove(0, address)
            rsp.seek("end")


def test_seeks_to_events_have_the_states_of_the_way_forward():
    with machine("nmis") as guest, guest.rsp() as rsp:
        run_to_done(guest, rsp)
        instants = {int(re.match(r"@(\d+)", line)[1]) for line in rsp.monitor("events 300")}
        states = {}
        for instant in sorted(random.sample(sorted(instants), 20)):
            assert rsp.seek(instant) == instant
            states[instant] = rsp.state()
        for instant in random.sample(sorted(states), len(states)):
            rsp.seek(instant)
            assert rsp.state() == states[instant], f"at @{instant}"


def test_the_clock_is_chosen_by_what_the_machine_has():
    with MonitoredGuest("hello", icount=False) as guest, guest.rsp() as rsp:
        assert "clock state match" in rsp.monitor("status")
    with MonitoredGuest("hello") as guest, guest.rsp() as rsp:
        assert "clock icount" in rsp.monitor("status")


def test_a_clock_that_is_not_there_is_refused_in_words():
    with MonitoredGuest("hello", icount=False, monitor_options="clock=icount") as guest:
        guest.wait_debug_output(r"no exact instruction clock here: in QEMU use -icount shift=0, or clock=state-match")


@needs_bridge
def test_a_recording_holds_in_another_machine(tmp_path):
    file = tmp_path / "ahci.retro"
    with device_options("ahci") as (qemu, _):
        record_whole(file, "ahci", "--no-icount", "--", *qemu)
    assert "state-match" in run("info", str(file)).stdout
    verified = run("verify", str(file), seconds=200)
    assert verified.returncode == 0, verified
    assert "the state is the recorded one" in verified.stdout
    assert " place " in run("log", str(file), "--kind", "place").stdout


def test_turns_that_differ_in_one_bit_of_memory_are_told_apart():
    """The guest counts its turns in memory: bits 5 and 6 of a word, which are accessed and dirty in a page table, count here."""
    for _ in range(3):
        with machine("calls") as guest, guest.rsp() as rsp:
            place = guest.symbol("add")
            assert rsp.exchange(f"Z0,{place:x},1;{NEVER}") == "OK"  # slow turns: the place is one of the first
            run_to_done(guest, rsp)
            assert rsp.exchange(f"z0,{place:x},1") == "OK"
            turns = rsp.read(guest.symbol("round"), 8)
            rsp.seek("begin")
            assert rsp.go(120).where == "replaylog:end"
            assert rsp.read(guest.symbol("round"), 8) == turns
