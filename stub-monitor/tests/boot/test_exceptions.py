# SPDX-License-Identifier: EPL-2.0
"""The guest's exceptions as signals: where it stops, live, recorded and in the past, and that nobody notices."""
import pytest

from harness import MonitoredGuest, done_line, run_bare

pytestmark = pytest.mark.monitor

STOPS = 40
SIGNALS = {4, 8, 11}  # #UD, #DE, #GP and #PF: what `faults` raises


def seen_at(rsp, stop):
    return stop.signal, stop.rip, rsp.now(), rsp.registers()


def test_gdb_stops_at_what_is_selected_and_passes_what_it_handles():
    with MonitoredGuest("faults", record="off") as machine, machine.gdb() as gdb:
        gdb.monitor("set exceptions ud,pf")
        for _ in range(3):
            stop = gdb.run("continue")
            assert "SIGILL" in stop or "SIGSEGV" in stop
        gdb.run("handle SIGSEGV nostop noprint pass")
        assert "SIGILL" in gdb.run("continue")
        assert "ud2" in gdb.run("x/i $pc")
        assert "exception 6 at" in gdb.transcript
        gdb.run("stepi")
        assert "interrupt_entries" in gdb.run("info symbol $pc")
        gdb.run("handle SIGILL nostop noprint pass")
        gdb.run_away()
        machine.wait_printed("^faults: done ")
        assert done_line(machine.printed()) == done_line(run_bare("faults"))


def test_without_a_selection_nothing_stops():
    with MonitoredGuest("faults", record="off") as machine, machine.rsp() as rsp:
        rsp.resume("vCont;c")
        machine.wait_printed("^faults: done ")
        assert rsp.interrupt().signal == 2


def test_an_exception_is_avoided_by_going_elsewhere():
    with MonitoredGuest("faults", record="off") as machine, machine.gdb() as gdb:
        gdb.monitor("set exceptions ud")
        gdb.run("continue")
        gdb.run("set var $pc = $pc + 2")
        gdb.monitor("set exceptions off")
        gdb.run_away()
        machine.wait_printed("^faults: done ")
        assert done_line(machine.printed()) != done_line(run_bare("faults"))


def test_recorded_stops_are_at_the_same_instants_in_the_past():
    with MonitoredGuest("faults") as machine, machine.rsp() as rsp:
        rsp.monitor("set exceptions on")
        stops = [seen_at(rsp, rsp.go()) for _ in range(STOPS)]
        assert {stop[0] for stop in stops} == SIGNALS
        rsp.monitor("set exceptions off")
        rsp.resume("vCont;c")
        machine.wait_printed(r": done [0-9a-f]+\n", 120)
        rsp.interrupt()
        assert done_line(machine.printed()) == done_line(run_bare("faults"))
        end = rsp.state()
        rsp.seek("begin")
        assert rsp.go(120).where == "replaylog:end"
        assert rsp.state() == end

        rsp.seek("begin")
        rsp.monitor("set exceptions on")
        assert [seen_at(rsp, rsp.go()) for _ in range(STOPS)] == stops
        for stop in reversed(stops[:-1]):
            assert seen_at(rsp, rsp.go_back()) == stop
        assert [seen_at(rsp, rsp.go()) for _ in range(STOPS - 1)] == stops[1:]


def test_what_is_written_at_a_stop_is_replayed():
    unused = 0x400000
    with MonitoredGuest("faults") as machine, machine.rsp() as rsp:
        rsp.monitor("set exceptions on")
        for i in range(STOPS):
            rsp.go()
            rsp.write(unused + i, bytes([i]))
        rsp.monitor("set exceptions off")
        rsp.resume("vCont;c")
        machine.wait_printed(r": done [0-9a-f]+\n", 120)
        rsp.interrupt()
        end = rsp.state()
        rsp.seek("begin")
        assert rsp.go(120).where == "replaylog:end"
        assert rsp.state() == end


@pytest.mark.parametrize("record", ["on", "off"])
def test_a_triple_fault_stays_one(record):
    with MonitoredGuest("triple", record=record) as machine, machine.rsp() as rsp:
        rsp.monitor("set exceptions on")
        stop = rsp.go()
        while stop.signal in SIGNALS:
            stop = rsp.go()
        assert "triple fault" in stop.text
