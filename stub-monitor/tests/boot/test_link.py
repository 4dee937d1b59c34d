# SPDX-License-Identifier: EPL-2.0
"""The virtio console beside the UART: a session by each, and what the guest must not find."""
import re
import socket
import time

import pytest

from harness import MonitoredGuest, run_to_done, wait_listening
from test_attacks import MODES

pytestmark = pytest.mark.monitor

LINKS = pytest.mark.parametrize("link", ["uart", "virtio"])
ANNOUNCED = {"uart": 0x1000, "virtio": 0x4000}
CONSOLE = r"virtio console: ports ([0-9a-f]+), (\d+) of them, MSI-X page ([0-9a-f]+)"


@LINKS
def test_largest_packets_go_both_ways(link):
    with MonitoredGuest("calls", link=link) as machine, machine.rsp() as rsp:
        size = int(re.search(r"PacketSize=([0-9a-f]+)", rsp.features)[1], 16)
        assert size == ANNOUNCED[link]
        assert len(rsp.exchange(f"m{0x1000000:x},{size // 2:x}")) == size
        count = (size - len("M1000000,1fff:")) // 2
        data = bytes(i * 7 & 0xff for i in range(count))
        assert rsp.exchange(f"M1000000,{count:x}:{data.hex()}") == "OK"
        assert rsp.read(0x1000000, count) == data


def test_a_console_without_ports_will_do():
    """QEMU's virtconsole, as one would write it by hand."""
    with MonitoredGuest("calls", link="virtconsole") as machine, machine.rsp() as rsp:
        assert len(rsp.exchange("m1000000,1000")) == 0x2000


@LINKS
def test_packet_that_is_too_long_is_refused(link):
    with MonitoredGuest("calls", link=link) as machine, machine.rsp() as rsp:
        before = rsp.registers()
        assert rsp.exchange("M1000000,10000:" + "00" * 0x10000) == "E16"
        assert rsp.registers() == before


@LINKS
def test_break_in_the_same_breath_as_the_resume(link):
    with MonitoredGuest("tight", link=link) as machine, machine.rsp(acknowledge=False) as rsp:
        for _ in range(20):
            rsp.send_raw(b"$c#63\x03")
            assert rsp.wait_stop(5).signal == 2


@LINKS
def test_guest_gets_no_nmi_of_the_links(link):
    with MonitoredGuest("nmis", record="off", link=link) as machine, machine.rsp() as rsp:
        for _ in range(30):
            rsp.resume("c")
            time.sleep(0.005)
            rsp.interrupt()
        run_to_done(machine, rsp)
        counted = re.search(r"^nmis: sent 100 handled \d+ all (\d+)", machine.printed(), re.MULTILINE)
        assert 90 <= int(counted[1]) <= 100  # one that meets a byte is taken for the byte's


NOISE = (b"\xff" * 5000, b"$" * 300, b"$m1000000,4#00", b"$" + b"x" * 70000, b"}#}#$\x03+-+-")


@LINKS
def test_noise_wedges_nothing(link):
    with MonitoredGuest("calls", link=link) as machine:
        with machine.rsp() as rsp:
            for noise in NOISE:
                rsp.send_raw(noise)
        with machine_again(machine) as rsp:
            assert len(rsp.read(0x1000000, 16)) == 16


def machine_again(machine):
    """A new debugger after an old one that left something unfinished."""
    time.sleep(0.3)
    return machine.rsp()


def test_console_side_that_closes_is_found_again_in_any_state():
    with MonitoredGuest("calls", record="off", link="virtio") as machine:
        for unfinished in (b"", b"$m1000000,2000#", b"$c#63", b"$m1000000,2000#2f" * 50):
            wait_listening(machine.virtio)
            with socket.socket(socket.AF_UNIX) as half:
                half.connect(str(machine.virtio))
                half.sendall(unfinished)
                time.sleep(0.1)
            with machine_again(machine) as rsp:
                assert len(rsp.registers()) > 300
                assert rsp.step().signal == 5


def test_each_link_can_take_over():
    with MonitoredGuest("calls", link="virtio") as machine:
        with machine.rsp() as fast, machine.rsp(link=machine.com2) as slow:
            assert f"PacketSize={ANNOUNCED['uart']:x};" in slow.features
            for rsp in (fast, slow, fast):
                assert len(rsp.registers()) > 300
            slow.resume("c")
            time.sleep(0.05)
            fast.send_raw(b"\x03")  # the stop reply goes to who broke in
            assert fast.wait_stop(5).signal == 2
            assert fast.step().signal == 5


# ---- hidden ----

def functions(text):
    return re.findall(r"^pciprobe: ([0-9a-f]+ id .*)$", text, re.MULTILINE)


def probe(link, machine, record="off", arguments=""):
    with MonitoredGuest("pciprobe", arguments, link=link, machine=machine, record=record,
                        start="running") as guest:
        guest.wait_printed("^pciprobe: done ")
        with guest.rsp() as rsp:  # still there, whatever the guest has done
            before = rsp.monitor_digest()
            assert rsp.exchange("D") == "OK"
            guest.wait_printed("^pciprobe: line 3$")
            assert rsp.exchange("?").startswith("T02")
            assert rsp.monitor_digest() == before
        return guest.printed(), guest.debug_output()


@MODES
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_console_is_hidden_and_out_of_reach(machine, record):
    without, _ = probe("uart", machine)
    hidden, messages = probe("virtio", machine)
    assert functions(hidden) == functions(without) and len(functions(hidden)) > 4
    assert "pciprobe: wrong 0\n" in hidden
    port, count, page = re.search(CONSOLE, messages).groups()
    attacked, _ = probe("virtio", machine, record, f"1e {port} {int(count):x} {page}")
    assert "pciprobe: wrong 0\n" in attacked
    assert functions(attacked) == functions(without)


def test_console_that_is_not_there_is_missed():
    with MonitoredGuest("hello", link="uart", monitor_options="link=virtio") as machine:
        machine.wait_debug_output("cannot start: link=virtio, and there is no virtio console on PCI bus 0")
