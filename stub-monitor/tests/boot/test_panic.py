# SPDX-License-Identifier: EPL-2.0
"""A bug of the monitor's own: it is caught, said, and the guest can still be looked at.

The boot option test-fault=KIND provokes one when the guest has stopped for the first time.
"""
import re

import pytest

from gdb_driver import GdbError
from harness import MonitoredGuest
from rsp_client import RspError

pytestmark = pytest.mark.monitor

PROVOKED = {
    "write-code": "page fault: write at 0xffffffff80000000, ",
    "write-constant": "page fault: write at 0xffffffff8",
    "write-direct": "page fault: write at 0xffff8000",
    "execute-data": "page fault: execution at 0xffffffff8",
    "execute-stack": "page fault: execution at 0xffffffff8",
    "execute-guest": "page fault: execution at 0xffff800000008000, ",
    "overflow": "stack overflow: main stack, at 0xffffffff8",
    "null": "page fault: read at 0x0, by 0xffffffff8",
    "protection": "exception 13 (error 0x0) at 0xffffffff8",
    "panic": "provoked by the option test-fault=panic",
}


def failing(kind, guest="calls", record="off"):
    return MonitoredGuest(guest, record=record, monitor_options=f"test-fault={kind}")


@pytest.mark.parametrize("kind", PROVOKED)
def test_fault_of_the_monitor_is_caught_and_said(kind):
    """Each protection holds; the debugger that waits for a stop hears why there will be no other."""
    with failing(kind) as machine, machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        rsp.resume("c")
        machine.wait_printed("calls: ready")
        stop = rsp.interrupt()
        assert stop.signal == 6
        assert stop.text.startswith("the monitor has failed: " + PROVOKED[kind])
        assert PROVOKED[kind] in rsp.status()["mode"]
        screen = "\n".join(rsp.monitor("log"))
        assert PROVOKED[kind] in screen
        assert re.search("rip ffff[0-9a-f]{12} rflags ", screen)
        assert re.search("stack ffffffff8[0-9a-f]{7}: ", screen)
        assert "PANIC: " + PROVOKED[kind] in machine.debug_output()
        assert rsp.monitor_digest() == digest


@pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])
def test_failed_monitor_is_read_from_and_refuses_the_rest(record):
    with failing("null", record=record) as machine:
        with machine.rsp() as rsp:
            rsp.resume("c")
            machine.wait_printed("calls: ready")
            here = rsp.interrupt().rip
            code = rsp.read(machine.symbol("guest_main"), 16)
            assert any(code)
            registers = rsp.registers()
            for packet in ("c", "vCont;c", "vCont;s:1", "s", "bs", "bc", "Z0,100000,1",
                           f"M{here:x},1:90", "P10=0000000000000000", "G" + registers,
                           f"X{here:x},1:a"):
                assert rsp.exchange(packet).startswith("E.the monitor has failed"), packet
            for command in ("seek begin", "record on", "record off", "checkpoint"):
                assert "the monitor has failed" in rsp.monitor(command)[0]
            assert rsp.registers() == registers
            assert rsp.read(machine.symbol("guest_main"), 16) == code
            assert rsp.why().rip == here
        with machine.rsp() as rsp:  # the next debugger
            assert rsp.registers() == registers
            assert machine.process.poll() is None


def test_gdb_looks_at_the_guest_after_a_panic():
    with failing("overflow") as machine:
        with machine.rsp() as rsp:
            rsp.resume("c")
            machine.wait_printed("calls: ready")
            here = rsp.interrupt().rip
        with machine.gdb() as gdb:
            assert f"{here:#x}" in gdb.run("info registers rip")
            assert "guest_main" in gdb.run("bt")
            assert "push" in gdb.run("x/i guest_main")
            assert "stack overflow: main stack" in gdb.run("monitor status")
            assert "the monitor has failed" in gdb.run("continue")
            assert f"{here:#x}" in gdb.run("info registers rip")
            with pytest.raises(GdbError, match="the monitor has failed"):
                gdb.run("set $rax = $rax + 1")


def test_fault_in_the_panic_server_is_the_end_and_is_said():
    with failing("server") as machine, machine.rsp() as rsp:
        rsp.resume("c")
        machine.wait_printed("calls: ready")
        with pytest.raises(RspError):
            rsp.interrupt(2)
        machine.wait_debug_output("PANIC in the panic server: exception 6 .*; this is the end")


def test_unknown_test_fault_is_refused():
    with failing("flood") as machine:
        machine.wait_debug_output("cannot start: option 'test-fault=flood'")
