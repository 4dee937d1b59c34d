# SPDX-License-Identifier: EPL-2.0
"""More history than there is memory for: what is left of it is true, and the debugger answers."""
import random
import time

import pytest

from harness import MonitoredGuest, run_to_done

pytestmark = pytest.mark.monitor

PACKET_BYTES = 1024
PACKETS = 300
CHECKPOINTS = 260


def check_history(rsp, count=8):
    """Every instant of the history that is claimed can be reached, and is one state; or there is no room to keep
    the live end, and going back is refused with a reason."""
    begin, end = rsp.status()["history"]
    live = rsp.state()
    assert begin <= end == live[0]
    marks = {}
    if rsp.seek("begin") != begin:
        assert "log=" in "\n".join(rsp.monitor("seek begin")), "refused without a reason"
        assert rsp.state() == live
        return
    for instant in sorted({begin, *(random.randint(begin, end) for _ in range(count))}):
        assert rsp.seek(instant) == instant, rsp.output
        marks[instant] = rsp.state()
    for instant in random.sample(sorted(marks), len(marks)):
        assert rsp.seek(instant) == instant, rsp.output
        assert rsp.state() == marks[instant]
    assert rsp.seek(begin - 1 if begin else begin) == begin, rsp.output
    assert rsp.seek("end") == end, rsp.output
    assert rsp.state() == live
    rsp.seek("begin")
    assert rsp.go(120).where == "replaylog:end"
    assert rsp.state() == live


@pytest.mark.parametrize("log", [1, 4, 16])
def test_history_that_overflows_is_coherent(log):
    with MonitoredGuest("pages", log=log) as machine, machine.rsp(acknowledge=False) as rsp:
        run_to_done(machine, rsp)
        assert "pages: 4096 pages" in machine.printed()
        check_history(rsp)


def test_journeys_while_history_overflows():
    """Going back in the middle takes pages for the live end from those that thinning left."""
    with MonitoredGuest("pages", log=16) as machine, machine.rsp(acknowledge=False) as rsp:
        for _ in range(6):
            rsp.resume("c")
            time.sleep(0.02)
            rsp.interrupt()
            live = rsp.state()
            begin, _ = rsp.status()["history"]
            said = "\n".join(rsp.monitor("seek begin"))
            if rsp.status()["mode"].startswith("live"):
                assert "log=" in said, "refused without a reason"
                continue
            assert rsp.now() == begin
            assert rsp.seek("end") == live[0]
            assert rsp.state() == live


def test_many_writes_into_a_small_log():
    with MonitoredGuest("calls", log=1) as machine, machine.rsp(acknowledge=False) as rsp:
        area = 8 << 20
        for i in range(PACKETS):
            reply = rsp.exchange(f"M{area + i * PACKET_BYTES:x},{PACKET_BYTES:x}:"
                                 + bytes([i & 0xff]).hex() * PACKET_BYTES, 5)
            assert reply == "OK", i
        for i in range(0, PACKETS, 37):
            assert rsp.read(area + i * PACKET_BYTES, 16) == bytes([i & 0xff]) * 16
        begin, end = rsp.status()["history"]
        assert begin <= end
        rsp.resume("c")
        machine.wait_printed("^calls: done ")
        rsp.interrupt()
        check_history(rsp, 3)


def test_more_checkpoints_than_there_is_room_for():
    with MonitoredGuest("calls") as machine, machine.rsp(acknowledge=False) as rsp:
        rsp.resume("c")
        machine.wait_printed("^calls: done ")
        rsp.interrupt()
        for _ in range(CHECKPOINTS):
            rsp.step()
            rsp.monitor("checkpoint")
        live = rsp.state()
        assert rsp.step_back().where == "T05 "
        assert rsp.now() == live[0] - 1
        assert rsp.seek("begin") == rsp.status()["history"][0]
        assert rsp.seek("end") == live[0]
        assert rsp.state() == live
        check_history(rsp, 3)


def test_checkpoint_between_two_writes():
    """A run of writes stands at one instant; a checkpoint in its middle divides it."""
    with MonitoredGuest("calls") as machine, machine.rsp(acknowledge=False) as rsp:
        for i in range(3):
            rsp.write((8 << 20) + i, b"\x11")
            rsp.monitor("checkpoint")
        rsp.resume("c")
        machine.wait_printed("^calls: done ")
        rsp.interrupt()
        check_history(rsp, 3)
