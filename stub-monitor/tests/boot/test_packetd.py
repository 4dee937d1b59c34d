# SPDX-License-Identifier: EPL-2.0
"""The whole story: real packets, a crash from a race, and back from the crash to its cause."""
import re

import pytest

from packetd_sender import PATIENCE, PacketdSender, until_it_crashes
from recording import packetd_machine

pytestmark = pytest.mark.monitor

MESSAGES_A_SECOND = 1000


def run_to_the_crash(machine, port, rsp):
    rsp.resume("c")
    machine.wait_printed("^packetd: ready", 30)
    with PacketdSender(port, MESSAGES_A_SECOND) as sender:
        machine.wait_printed(r"^packetd: crash after \d+ messages", PATIENCE)
        machine.wait_printed(r"^panic: r12 ", 10)
    rsp.interrupt()
    return sender


def check_the_way_back(gdb):
    """From panic() by one reverse-continue to the copy over the main loop's swap of areas."""
    assert "panic" in gdb.run("bt")
    bad = gdb.value("(unsigned long)inbox.loudest")
    gdb.run("watch inbox.loudest")
    stop = gdb.run("reverse-continue", 120)
    assert re.search(r"Old value = .*\nNew value = ", stop)
    frames = gdb.run("bt")
    assert re.search(r"insw.*ne2000_read_payload.*inbox_store.*network_interrupt.*on_network.*"
                     r"<signal handler called>.*swap_areas.*guest_main", frames, re.S), frames
    assert "rep insw" in gdb.run("x/i $pc")
    assert "port read" in gdb.monitor("events 20")
    return bad


def check_the_way_forward(gdb, bad):
    """From the cause to the same crash again."""
    gdb.run("delete")
    gdb.run("break panic")
    assert "panic" in gdb.run("continue", 120)
    assert gdb.value("(unsigned long)inbox.loudest") == bad


def crashed_machine():
    machine, port = packetd_machine()
    try:
        with machine.rsp() as rsp:
            run_to_the_crash(machine, port, rsp)
        return machine
    except BaseException:
        machine.close()
        raise


def test_crash_is_followed_back_to_its_cause():
    with until_it_crashes(crashed_machine) as machine:
        with machine.rsp() as rsp:
            end = rsp.state()
            rsp.seek("begin", 300)
            rsp.seek("end", 300)
            assert rsp.state() == end
        with machine.gdb() as gdb:
            check_the_way_forward(gdb, check_the_way_back(gdb))
