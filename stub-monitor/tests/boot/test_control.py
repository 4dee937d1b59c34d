# SPDX-License-Identifier: EPL-2.0
"""CR8, TSC_AUX and NMIs: as without the monitor, run or stepped, live or recorded."""
import random
import time

import pytest

from harness import PACE, MonitoredGuest

pytestmark = pytest.mark.monitor

MODES = pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])


@MODES
@pytest.mark.parametrize("way", ["run", "stepped"])
def test_control_registers_read_back(record, way):
    with MonitoredGuest("control", record=record) as machine, machine.rsp(False) as rsp:
        rsp.insert(1, machine.symbol("control_begin"))
        assert rsp.go().rip == machine.symbol("control_begin")
        rsp.remove(1, machine.symbol("control_begin"))
        if way == "stepped":
            for _ in range(1000):
                if rsp.step().rip == machine.symbol("control_end"):
                    break
            else:
                assert False, "never came to control_end"
        rsp.resume("c")
        machine.wait_printed("^control: done ", 10)
        assert "control: 0 wrong\n" in machine.printed(), machine.printed()


@MODES
def test_no_nmi_is_lost(record):
    with MonitoredGuest("nmis", record=record) as machine, machine.rsp() as rsp:
        rsp.resume("c")
        machine.wait_printed("^nmis: done ", 60)
        rsp.interrupt()
        assert "sent 100 handled 100 all 100, interrupts\n" in machine.printed()


def test_nmis_between_break_ins_are_replayed():
    """One that arrives together with the debugger's byte is lost (docs/LIMITS.md): not counted."""
    with MonitoredGuest("nmis") as machine, machine.rsp(False) as rsp:
        deadline = time.monotonic() + 60 * PACE
        while ": done " not in machine.printed():
            assert time.monotonic() < deadline, f"no end: @{rsp.now()}"
            rsp.resume("c")
            time.sleep(random.uniform(0, 0.003))  # a byte that comes with the resume ends the run before it began
            rsp.interrupt()
        live = rsp.state()
        rsp.seek("begin")
        assert rsp.go(120).where == "replaylog:end"
        assert rsp.state() == live


@MODES
def test_registers_that_the_cpu_refuses_can_be_put_right(record):
    """Long mode without CR4.PAE: the guest has not run, and all its registers are what they were."""
    with MonitoredGuest("calls", record=record) as machine, machine.gdb() as gdb:
        gdb.run("break add")
        gdb.run("continue")
        before = gdb.run("monitor regs")
        gdb.run("set $good = (long)$cr4")
        gdb.run("set $cr4 = (long)0")
        assert "the CPU refuses the guest's registers" in gdb.run("continue")
        assert gdb.run("monitor regs") == before
        gdb.run("set $cr4 = $good")
        assert "Breakpoint 1, add (a=3, b=1)" in gdb.run("continue")
