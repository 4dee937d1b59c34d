# SPDX-License-Identifier: EPL-2.0
"""Packets that come while the guest runs: answered in a pause that nobody sees."""
import time

import pytest

from harness import MonitoredGuest, done_line, run_bare, run_to_done

pytestmark = pytest.mark.monitor

ROUNDS = 40


def ask_while_it_runs(machine, rsp, rounds=ROUNDS):
    """Reads and writes while the guest runs; the write is to a page of the guest's that it does not use."""
    unused = 0x400000
    for i in range(rounds):
        assert rsp.exchange(f"M{unused + i:x},1:{i:02x}") == "OK"
        assert rsp.exchange(f"m{unused + i:x},1") == f"{i:02x}"
        assert rsp.exchange(f"x{unused + i:x},1")[0] == "b"
        assert len(rsp.exchange("p10")) == 16
        time.sleep(0.003)


@pytest.mark.parametrize("name", ["faults", "ticks"])
def test_live_guest_does_not_notice(name):
    """faults has no input, so its digest is that of a run alone; ticks shows that interrupts go on."""
    with MonitoredGuest(name, record="off") as machine, machine.rsp() as rsp:
        rsp.resume("vCont;c")
        ask_while_it_runs(machine, rsp)
        machine.wait_printed(r": done [0-9a-f]+\n", 60)
        if name == "faults":
            assert done_line(machine.printed()) == done_line(run_bare(name))
        assert rsp.exchange("m400001,1") == "01"
        assert rsp.interrupt().signal == 2


@pytest.mark.parametrize("name", ["faults", "ticks", "clocks"])
def test_recording_with_pauses_is_replayed_exactly(name):
    with MonitoredGuest(name) as machine, machine.rsp() as rsp:
        rsp.resume("vCont;c")
        ask_while_it_runs(machine, rsp)
        machine.wait_printed(r": done [0-9a-f]+\n", 120)
        rsp.interrupt()
        end = rsp.state()
        rsp.seek("begin")
        assert rsp.read(0x400001, 1) == b"\0"
        assert rsp.go(120).where == "replaylog:end"
        assert rsp.state() == end
        assert rsp.read(0x400000, 4) == b"\0\1\2\3"


def test_pauses_do_not_change_the_instants():
    """A guest without input: each instant has the registers it has when nobody asks (memory holds what the BIOS left)."""
    seen = []
    for rounds in (0, ROUNDS):
        with MonitoredGuest("faults") as machine, machine.rsp() as rsp:
            rsp.resume("vCont;c")
            for _ in range(rounds):
                rsp.exchange("g")
            machine.wait_printed(r": done [0-9a-f]+\n", 120)
            rsp.interrupt()
            seen.append([(rsp.seek(instant), rsp.registers()) for instant in (100000, 150000, 200000)])
    assert seen[0] == seen[1]


def test_a_journey_back_refuses_and_arrives():
    with MonitoredGuest("ticks") as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        rsp.resume("bc")
        refused = rsp.exchange("m100000,4")
        if refused.startswith("T"):  # it had arrived already
            stop = refused
        else:
            assert refused == "E10"
            stop = rsp.receive(60)
        assert "replaylog:begin" in stop


def test_a_journey_forward_pauses():
    with MonitoredGuest("ticks") as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        end = rsp.state()
        rsp.seek("begin")
        rsp.resume("vCont;c")
        reply = rsp.exchange("p10")
        while not reply.startswith("T"):
            assert len(reply) == 16
            reply = rsp.exchange("p10")
        assert "replaylog:end" in reply
        assert len(rsp.receive()) == 16
        assert rsp.state() == end


def test_a_client_may_look_without_stopping_it():
    with MonitoredGuest("calls", record="off", start="running") as machine:
        machine.wait_printed("^calls: done ")
        with machine.rsp(stop=False) as rsp:
            first = rsp.read_u64(machine.symbol("watched"))
            seen = {rsp.read_u64(machine.symbol("watched")) for _ in range(50)}
            assert len(seen | {first}) > 1
        with machine.gdb() as gdb:
            assert "guest_main" in gdb.run("bt")
