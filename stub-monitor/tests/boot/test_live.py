# SPDX-License-Identifier: EPL-2.0
"""The guests on the monitor, not recorded: they must not notice that it is there."""
import re
import time

import pytest

from harness import MonitoredGuest, done_line, run_bare
from recording import RECORDED
from test_bare import NO_INPUT

pytestmark = pytest.mark.monitor


def live_output(name):
    with MonitoredGuest(name, start="running", record="off") as machine:
        machine.wait_printed(f"^{name}: done ", 60)
        return machine.printed()


@pytest.mark.parametrize("name", RECORDED)
def test_guest_comes_to_its_end(name):
    text = live_output(name)
    assert text.startswith(f"{name}: ready\n")
    assert "panic" not in text


# The memory map is one without the monitor's memory, so hello's digest is its own.
@pytest.mark.parametrize("name", [name for name in NO_INPUT if name != "hello"])
def test_guest_without_input_has_the_digest_it_has_alone(name):
    assert done_line(live_output(name)) == done_line(run_bare(name))


def test_monitor_is_missing_from_the_memory_map():
    def ram(text):
        return sum(int(end, 16) - int(begin, 16) for begin, end in
                   re.findall(r"memory ([0-9a-f]+)\.\.([0-9a-f]+) type 1$", text, re.MULTILINE))
    assert 16 << 20 < ram(run_bare("hello")) - ram(live_output("hello")) < 192 << 20


def test_svm_is_hidden():
    text = live_output("svmprobe")
    assert "svmprobe: svm 0\n" in text
    assert "EFER.SVME is 0\n" in text
    assert re.search(r"EFER 500\n", text)
    for instruction in ("VMRUN", "VMLOAD", "VMSAVE", "CLGI", "STGI", "VMMCALL", "INVLPGA"):
        assert f"{instruction} exception 6\n" in text


@pytest.mark.parametrize("acknowledge", [True, False], ids=["acks", "no-acks"])
def test_debugger_comes_goes_and_comes_back(acknowledge):
    with MonitoredGuest("calls", start="running", record="off") as machine:
        machine.wait_printed("^calls: done ")
        rounds = []
        for _ in range(3):
            with machine.rsp(acknowledge) as rsp:
                assert rsp.why().signal == 2  # connecting stops the guest
                rounds.append(rsp.read_u64(machine.symbol("round")))
                assert rsp.exchange("D") == "OK"
            time.sleep(0.1)
        assert rounds == sorted(set(rounds)), "the guest goes on between the visits"


def test_recording_can_begin_in_the_middle():
    with MonitoredGuest("calls", start="running", record="off") as machine:
        machine.wait_printed("^calls: done ")
        with machine.rsp() as rsp:
            assert rsp.why().signal == 2
            assert rsp.go_back().reason == "replaylog"
            rsp.monitor("record on")
            begin = rsp.state()
            rsp.resume("c")
            time.sleep(0.2)
            rsp.interrupt()
            rsp.seek("begin")
            assert rsp.state() == begin
            rsp.monitor("record off")
            assert rsp.status()["mode"].startswith("live, not")
