# SPDX-License-Identifier: EPL-2.0
"""Real gdb through the real bridge to the real monitor."""
import re
import subprocess
import time

import pytest

from bridge import JAVA, Bridge, needs_bridge
from gdb_driver import GdbError
from harness import PACE, MonitoredGuest
from rsp_client import RspClient

pytestmark = [pytest.mark.monitor, needs_bridge]


@pytest.fixture
def machine():
    with MonitoredGuest("calls") as machine:
        yield machine


@pytest.fixture
def bridged(machine):
    with Bridge(machine) as bridge:
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


def test_memory_is_read_and_written_while_the_guest_runs(machine, bridged):
    unused = 0x400000
    with RspClient(bridged.socket, pace=PACE) as control, RspClient(bridged.socket, pace=PACE) as reader:
        control.resume("vCont;c")
        rounds = set()
        for i in range(20):
            assert control.exchange(f"M{unused + i:x},1:{i:02x}") == "OK"
            assert reader.exchange(f"m{unused + i:x},1") == f"{i:02x}"
            assert len(reader.exchange("p10")) == 16
            rounds.add(reader.exchange(f"m{machine.symbol('round'):x},8"))
            time.sleep(0.05)
        assert len(rounds) > 5, "the guest does not run"
        assert "mode" in "\n".join(reader.monitor("status"))
        assert reader.exchange(f"M{unused:x},1:77").startswith("E")
        assert control.interrupt().signal == 2
        assert control.exchange(f"m{unused:x},2") == "0001"


def test_gdb_connects_as_a_reader_while_the_guest_runs(machine, bridged):
    with bridged.gdb() as first:
        first.run_away()
        with bridged.gdb() as second:
            before = second.value("round")
            second.forget()
            time.sleep(0.5)
            assert second.value("round") > before
        assert "SIGINT" in first.interrupt()


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


def test_bare_gdb_gets_the_symbols_from_the_bridge(machine):
    with Bridge(machine, str(machine.symbols_from)) as bridge, bridge.gdb(symbols=False) as gdb:
        gdb.run("break inner")
        gdb.run("continue")
        assert "inner (x=111)" in gdb.run("bt")
        with pytest.raises(GdbError):
            gdb.run("remote get /etc/passwd /dev/null")


def test_our_commands_in_gdb(machine, tmp_path):
    with Bridge(machine, str(machine.symbols_from)) as bridge, bridge.gdb(symbols=False) as gdb:
        gdb.run(f"remote get retro.py {tmp_path}/retro.py")
        gdb.run(f"source {tmp_path}/retro.py")
        gdb.run("break inner")
        gdb.run("continue")
        end, top = gdb.value("$pc"), int(re.search(r"now @(\d+)", gdb.run("retro status")).group(1))
        assert "now at @0" in gdb.run("retro seek begin")
        assert gdb.value("$pc") != end
        assert f"now at @{top}" in gdb.run("retro seek end")
        assert gdb.value("$pc") == end
        gdb.run("retro back 3")
        there = gdb.value("$pc")
        gdb.run("retro seek end")
        gdb.run("reverse-stepi 3")
        assert gdb.value("$pc") == there
        assert "inner (x=" in gdb.run("retro forward 3")
        assert "seek N|begin|end" in gdb.run("help retro seek")
        assert "retro seek -- " in gdb.run("retro")
        assert "retro seek begin" in gdb.run("complete retro seek b")
        assert "retro seek" in gdb.run("complete retro s")
        with pytest.raises(GdbError, match="expected: an instant"):
            gdb.run("retro seek")
        assert gdb.run("retro events 3")


def retrovisor_gdb(*arguments):
    """What `retrovisor gdb` prints; gdb's input is at its end."""
    done = subprocess.run([*JAVA, "gdb", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.stdout


def test_retrovisor_gdb_is_at_the_running_session_or_starts_one(machine):
    show = ["--", "-batch", "-ex", "python print('timeout', gdb.parameter('remotetimeout'))",
            "-ex", "retro status", "-ex", "info symbol $pc"]
    with Bridge(machine, str(machine.symbols_from)) as bridge:
        said = retrovisor_gdb("--port", str(bridge.port), *show)
        assert "timeout 30" in said and "now @0" in said and "in section .text" in said
    missing = retrovisor_gdb("--port", str(bridge.port))
    assert "no session there; start one with retrovisor run" in missing
    said = retrovisor_gdb("--guest", str(machine.symbols_from), "--record", "--port", "0", *show)
    assert "timeout 30" in said and "now @0" in said and "in section .text" in said
