# SPDX-License-Identifier: EPL-2.0
"""Debian's own kernel under the monitor: booted by the 64-bit boot protocol, live and recorded."""
import re
import struct

import pytest

import linux_guest
from harness import MonitoredGuest, run_to_done
from test_recorded import check_replay

pytestmark = pytest.mark.monitor

SCRIPT = """uname -r
cat /proc/iomem | grep -i 'system ram'
ls /proc/acpi /sys/firmware/acpi/tables/APIC
cat /sys/devices/system/clocksource/clocksource0/available_clocksource
echo "linux: done 0"
while :; do sleep 1000; done
"""
QUICK = "console=ttyS0 panic=-1 cryptomgr.notests"  # without its tests of its own cryptography
VERSION = 0x206
LOADED_HIGH = 0x211
XLOADFLAGS = 0x236


@pytest.fixture(scope="module")
def linux():
    return linux_guest.files()


@pytest.fixture(scope="module")
def initrd(linux, tmp_path_factory):
    return linux_guest.make_initrd(tmp_path_factory.mktemp("linux") / "initrd.cpio", SCRIPT)


def linux_machine(kernel, initrd=None, append=QUICK, **options):
    """Debian's kernel on the monitor; what it prints comes on the guest's own serial port."""
    return MonitoredGuest(str(kernel), append, modules=[(initrd, "")] if initrd else [], **options)


def test_linux_boots_to_its_shell_live(linux, initrd):
    with linux_machine(linux.kernel, initrd, start="running", record="off", icount=False) as machine:
        machine.wait_printed(r"linux: done", 120)
        printed = machine.printed()
        assert f"\n{linux.version}\n" in printed
        assert "hpet" in printed and "acpi_pm" in printed
        assert "/sys/firmware/acpi/tables/APIC" in printed
        assert "BUG" not in printed and "Call Trace" not in printed


def test_the_monitors_memory_is_not_in_linuxs_memory_map(linux, initrd):
    with linux_machine(linux.kernel, initrd, start="running", record="off", icount=False, memory=256, log=64) as machine:
        machine.wait_printed(r"linux: done", 120)
        ends = [int(end, 16) for end in re.findall(r"BIOS-e820: \[mem 0x\w+-0x(\w+)\] usable", machine.printed())]
        assert max(ends) < (256 - 64) << 20


def changed(linux, tmp_path, offset, data):
    image = bytearray(linux.kernel.read_bytes())
    image[offset:offset + len(data)] = data
    path = tmp_path / "vmlinuz.bin"
    path.write_bytes(image)
    return path


def refusal(kernel, **options):
    with linux_machine(kernel, start="running", record="off", icount=False, **options) as machine:
        return machine.wait_debug_output(r"cannot start: [^\n]+", 30)[0]


def test_linux_is_recorded_and_its_live_end_is_kept(linux, initrd):
    with linux_machine(linux.kernel, initrd, record="on", log=448, memory=560) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp, 400)
        check_replay(machine, rsp)


@pytest.mark.parametrize("offset, data, says", [
    (VERSION, struct.pack("<H", 0x20b), r"boot protocol 2\.11 \(expected: 2\.12 or later"),
    (XLOADFLAGS, b"\0\0", r"XLF_KERNEL_64"),
    (LOADED_HIGH, b"\0", r"zImage"),
    (0x260, b"\0\0\0\0", r"claims to need less memory than its code"),
])
def test_a_kernel_that_cannot_be_loaded_is_refused_in_words(linux, tmp_path, offset, data, says):
    assert re.search(says, refusal(changed(linux, tmp_path, offset, data)))


def test_a_kernel_that_is_cut_short_is_refused(linux, tmp_path):
    short = tmp_path / "vmlinuz.bin"
    short.write_bytes(linux.kernel.read_bytes()[:1 << 20])
    assert "cut short" in refusal(short)


def test_a_kernel_that_does_not_fit_below_the_monitor_is_refused(linux):
    assert "needs" in refusal(linux.kernel, memory=96, log=40)


def test_a_command_line_that_is_too_long_is_refused(linux):
    assert "too long" in refusal(linux.kernel, append="x" * 2045)
