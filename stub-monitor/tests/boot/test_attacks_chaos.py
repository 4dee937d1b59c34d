# SPDX-License-Identifier: EPL-2.0
"""Guests that wreck themselves, and random code: the debugger answers, the monitor is what it was.

RETROVISOR_CHAOS_PAGES: pages of random bytes per CPU mode (200 unless told; 10000 for the full count).
RETROVISOR_CHAOS_SEED: another seed makes other pages; the same one makes the same pages again.
"""
import os
import re
import signal
import time

import pytest

from harness import PACE, MonitoredGuest
from rsp_client import RspError
from test_attacks import MODES, check_alive

pytestmark = pytest.mark.monitor

PAGES = int(os.environ.get("RETROVISOR_CHAOS_PAGES", "200"))
SEED = int(os.environ.get("RETROVISOR_CHAOS_SEED", "1"))
STUCK_SECONDS = 1.5
SAY_POWER_OFF = ["-trace", "enable=qemu_system_shutdown_request"]


def look_at_the_guest(rsp):
    """What a debugger does first: where, and what is there; memory that is not mapped is an answer."""
    rip = rsp.register(0x10)
    rsp.exchange(f"m{rip:x},10")
    assert rsp.monitor("xp 0x100000 64")


def stop_of(rsp, seconds):
    """The stop that comes by itself in time, or the break-in's."""
    try:
        return rsp.wait_stop(seconds / PACE)
    except RspError:
        return rsp.interrupt()


@MODES
@pytest.mark.parametrize("way", ["tables", "stack-hole", "stack-monitor"])
def test_guest_that_wrecks_itself_is_looked_at(way, record):
    with MonitoredGuest("wreck", way, record=record) as machine, machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        rsp.resume("c")
        machine.wait_printed("^wreck: done ")
        stop = stop_of(rsp, 2)
        assert stop.signal in (2, 6)
        look_at_the_guest(rsp)
        check_alive(rsp, digest)


def test_writes_over_all_of_memory_leave_the_monitor_alone():
    with MonitoredGuest("wreck", "everything", record="off") as machine, machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        rsp.resume("c")
        stop = stop_of(rsp, 90 * PACE)
        assert stop.signal in (2, 6, 15), stop
        look_at_the_guest(rsp)
        check_alive(rsp, digest)


@MODES
@pytest.mark.parametrize("kind", [0, 1], ids=["software", "hardware"])
def test_breakpoint_on_code_that_changes_itself(kind, record):
    """It is hit each time, and the guest computes what it computes without it."""
    with MonitoredGuest("selfmod", record=record) as machine, machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        place = machine.symbol("changed_instruction")
        rsp.insert(kind, place)
        for _ in range(50):
            assert rsp.go().rip == place
            rsp.remove(kind, place)
            rsp.step()
            rsp.insert(kind, place)
        rsp.resume("c")
        machine.wait_printed("^selfmod: wrong 0\n")
        rsp.interrupt()
        check_alive(rsp, digest)


class Chaos:
    """Runs pages FIRST.. of one mode until the guest is done or wrecked.

    Without -icount: with it, QEMU does a thousand device accesses a second, and the UART's timeout for
    a break-in is counted in the guest's instructions.
    """

    def __init__(self, bits):
        self.bits = bits
        self.wrecks = self.ends = 0

    def run_from(self, first, count):
        """The number of the last page that began."""
        arguments = f"{self.bits}-{SEED}-{first}-{count}"
        with MonitoredGuest("chaos", arguments, record="off", icount=False,
                            options=SAY_POWER_OFF) as machine, machine.rsp() as rsp:
            digest = rsp.monitor_digest()
            rsp.resume("c")
            stop = self.wait(machine, rsp)
            printed = machine.printed()
            pages = re.findall(r"^chaos: page (\d+)$", printed, re.MULTILINE)
            last = int(pages[-1]) if pages else first
            if machine.process.poll() is not None:
                self.must_be_the_emulators_own(machine, arguments)
                return last
            if stop is None:
                stop = rsp.interrupt()
            assert "the monitor has failed" not in stop.text, f"chaos {arguments}: {stop.text}"
            look_at_the_guest(rsp)
            check_alive(rsp, digest)
            self.wrecks += "chaos: done" not in printed
            return last

    def must_be_the_emulators_own(self, machine, arguments):
        """The guest may switch the machine off, and QEMU has assertions that a guest can break."""
        said = machine.errors.read_text(errors="replace")
        aborted = machine.process.returncode == -signal.SIGABRT and "Assertion" in said
        off = machine.process.returncode == 0 and "qemu_system_shutdown_request" in said
        assert aborted or off, f"chaos {arguments}: QEMU ended ({machine.process.returncode}): {said}"
        self.ends += 1

    @staticmethod
    def wait(machine, rsp):
        """None when it is done or stuck, or the stop that came by itself."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < STUCK_SECONDS * PACE:
            try:
                return rsp.wait_stop(0.1 / PACE)
            except RspError:
                pass
            printed = machine.printed()
            if "chaos: done" in printed or machine.process.poll() is not None:
                return None
            if len(printed) != seen:
                seen, since = len(printed), time.monotonic()
        return None


REAL_MODE = 8086  # as the guest calls it
REAL_PAGE = 0x10000  # where it puts the page then


@pytest.mark.parametrize("bits", [64, 32, 16, REAL_MODE])
def test_pages_of_random_code(bits):
    chaos = Chaos(bits)
    first = 0
    while first < PAGES:
        first = chaos.run_from(first, PAGES - first) + 1
    print(f"chaos: {PAGES} pages of {bits} bits, {chaos.wrecks} times the guest was wrecked, "
          f"{chaos.ends} times the emulator ended")


@pytest.mark.parametrize("kind", [0, 1], ids=["break", "hbreak"])
def test_real_mode_pages_run_in_real_mode(kind):
    """And come back: the second page runs there, too. Code below 1 MB may have a CS base when a breakpoint is hit,
    though the guest was resumed without: a debug register would end QEMU."""
    with MonitoredGuest("chaos", f"{REAL_MODE}-{SEED}-0-2", record="off") as machine, machine.rsp() as rsp:
        rsp.go_to(machine.symbol("begin_period"))  # before the first page
        for _ in range(2):
            rsp.go_to(machine.symbol("begin_period"))
            rsp.insert(kind, REAL_PAGE)  # the page has been made
            assert rsp.go().rip == REAL_PAGE
            assert b"real mode, ring 0" in bytes.fromhex(rsp.exchange("qThreadExtraInfo,1"))
            rsp.remove(kind, REAL_PAGE)
        rsp.resume("c")
        machine.wait_printed("^chaos: done ")
