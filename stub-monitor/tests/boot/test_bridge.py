# SPDX-License-Identifier: EPL-2.0
"""Real gdb through the real bridge to the real monitor."""
import re
import time

import pytest

from bridge import Bridge, needs_bridge
from gdb_driver import GdbError
from harness import MonitoredGuest

pytestmark = [pytest.mark.monitor, needs_bridge]


@pytest.fixture
def bridged():
    with MonitoredGuest("calls") as machine, Bridge(machine) as bridge:
        yield bridge


def test_breakpoints_steps_and_the_way_back(bridged):
    with bridged.gdb() as gdb:
        gdb.run("break inner")
        gdb.run("continue")
        assert re.search(r"#0 +inner \(x=111\).*middle \(x=101\).*outer \(x=1\)", gdb.run("bt"), re.S)
        here = gdb.value("$pc")
        gdb.run("stepi 5")
        gdb.run("reverse-stepi 5")
        assert gdb.value("$pc") == here
        gdb.run("set var $rcx = 0x1234")
        assert gdb.value("$rcx") == 0x1234


def test_a_reader_sees_and_cannot_change(bridged):
    with bridged.gdb() as first, bridged.gdb() as second:
        first.run("break inner")
        second.run("maint flush register-cache")
        first.run("continue")
        second.forget()
        assert "inner (x=111)" in second.run("bt")
        assert second.value("$pc") == first.value("$pc")
        assert "now @" in second.monitor("status")
        assert "this client only reads" in second.monitor("seek begin")
        for change in ("set var watched = 7", "set var $rax = 7"):
            with pytest.raises(GdbError):
                second.run(change)
        assert "this client only reads" in second.run("stepi")
        assert first.value("$pc") == second.value("$pc")
        assert "in control" in second.monitor("bridge status")


def test_a_debugger_killed_in_the_middle_of_a_continue_leaves_nothing_behind(bridged):
    with bridged.gdb() as gdb:
        gdb.run("break inner if 0")
        gdb.run_away()
        time.sleep(0.3)
    bridged.wait_said("gone")
    time.sleep(0.3)
    with bridged.gdb() as gdb:
        gdb.run_away()
        time.sleep(0.5)
        assert "SIGINT" in gdb.interrupt()
        gdb.run("break inner")
        assert "inner (x=" in gdb.run("continue")
