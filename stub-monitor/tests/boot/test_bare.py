# SPDX-License-Identifier: EPL-2.0
"""The guests alone on QEMU: what they do when nobody watches is what the other tests compare with."""
import re

import pytest

from harness import BareGuest, done_line, packetd_network, run_bare, udp_port
from packetd_sender import PATIENCE, PacketdSender, until_it_crashes

ENDING = ["hello", "ports", "clocks", "ticks", "apic", "faults", "pages", "fpu", "debugregs",
          "svmprobe", "control", "nmis", "faraway",
          "modes"]
NO_INPUT = ["hello", "faults", "debugregs", "control", "modes"]


@pytest.mark.parametrize("icount", [True, False], ids=["icount", "free"])
@pytest.mark.parametrize("name", ENDING)
def test_guest_comes_to_its_end(name, icount):
    text = run_bare(name, icount=icount)
    assert text.startswith(f"{name}: ready\n")
    assert done_line(text)


@pytest.mark.parametrize("name", NO_INPUT)
def test_guest_without_input_has_one_digest(name):
    assert done_line(run_bare(name)) == done_line(run_bare(name, icount=False))


@pytest.mark.parametrize("image", ["hello.elf32", "hello.flat"])
def test_hello_is_told_its_command_line_and_memory(image):
    text = run_bare(image, "one two")
    assert re.search(r'command line "\S*hello\S* one two"', text)
    assert re.search(r"memory 100000\.\.[0-9a-f]+ type 1", text)


@pytest.mark.parametrize("way", ["cf9", "port92", "kbd", "triple"])
def test_resetter_resets(way):
    with BareGuest("resetter", way) as machine:
        machine.wait_exit(20)
        assert "still here" not in machine.printed()


@pytest.mark.parametrize("name", ["tight", "dead", "calls", "reprogram", "pciprobe"])
def test_guest_without_end_reaches_its_place(name):
    with BareGuest(name) as machine:
        machine.wait_printed(f"^{name}: done ", 30)


def test_packetd_crashes_by_its_race():
    def crash():
        port = udp_port()
        with BareGuest("packetd", options=packetd_network(port), memory=64) as machine:
            machine.wait_printed("^packetd: ready")
            with PacketdSender(port, rate=2000):
                found = machine.wait_printed(r"^packetd: crash after (\d+) messages$", PATIENCE)
            assert machine.wait_printed(r"^panic: vector (13|14) ")
            return int(found.group(1))
    assert until_it_crashes(crash) > 0
