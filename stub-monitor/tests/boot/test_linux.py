# SPDX-License-Identifier: EPL-2.0
"""Debian's own kernel under the monitor, live and recorded, with a network card and a disk."""
import os
import re
import struct

import pytest

import linux_guest
from bridge import needs_bridge
from harness import MonitoredGuest, run_to_done
from linux_transfer import Transfer
from test_dma import dma_counts
from test_recorded import check_replay
from recording_command import Running, run

pytestmark = pytest.mark.monitor

SIZE = int(os.environ.get("RETROVISOR_TEST_LINUX_MEBIBYTES", "1")) << 20
LOG = 448 + (SIZE >> 20) * 16   # megabytes, so that nothing of the past is given up
MINUTES = 6 + (SIZE >> 20) / 4  # until it is done, recorded, at the most
SCRIPT = """uname -r
cat /proc/iomem | grep -i 'system ram'
ls /proc/acpi /sys/firmware/acpi/tables/APIC
cat /sys/devices/system/clocksource/clocksource0/available_clocksource
echo "linux: done 0"
while :; do sleep 1000; done
"""
QUICK = "console=ttyS0 panic=-1 cryptomgr.notests"  # without its tests of its own cryptography
DIRECT_MAP = 0xffff888000000000  # Documentation/arch/x86/x86_64/mm.rst: physical memory, where nokaslr leaves it
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


def test_linux_does_not_wait_for_cpus_that_it_does_not_have(linux, initrd):
    with linux_machine(linux.kernel, initrd, start="running", record="off", icount=False, options=["-smp", "3"]) as machine:
        machine.wait_printed(r"linux: done", 120)
        assert "Total of 1 processors activated" in machine.printed()
        assert "do_boot_cpu failed" not in machine.printed()
        assert "inter-processor interrupt" not in machine.debug_output()


def changed(linux, tmp_path, offset, data):
    image = bytearray(linux.kernel.read_bytes())
    image[offset:offset + len(data)] = data
    path = tmp_path / "vmlinuz.bin"
    path.write_bytes(image)
    return path


def refusal(kernel, **options):
    with linux_machine(kernel, start="running", record="off", icount=False, **options) as machine:
        return machine.wait_debug_output(r"cannot start: [^\n]+\n", 30)[0]


def transfer_machine(linux, transfer, **options):
    return linux_machine(linux.kernel, transfer.initrd, append=f"{QUICK} nokaslr", options=transfer.devices, **options)


def test_what_linux_receives_and_writes_is_right_live(linux, tmp_path):
    with Transfer(tmp_path, SIZE) as transfer, \
            transfer_machine(linux, transfer, start="running", record="off", icount=False) as machine:
        machine.wait_printed(r"linux: done", 120)
        transfer.check(machine.printed())


def last_received(rsp):
    """(instant, GPA) of the last bytes that the network card wrote."""
    for count in (100, 1000, 10000):
        for line in reversed(rsp.monitor(f"events {count}", 200)):
            found = re.match(r"@(\d+)  dma  page 0x([0-9a-f]+) .*8086:100e.*bytes (\d+)", line)
            if found:
                return int(found[1]), int(found[2], 16) + int(found[3])
    raise AssertionError("the network card wrote nothing")


def test_linux_is_recorded_and_goes_back_to_what_a_device_wrote(linux, tmp_path):
    with Transfer(tmp_path, SIZE) as transfer, \
            transfer_machine(linux, transfer, record="on", log=LOG, memory=LOG + 200) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp, 60 * MINUTES)
        transfer.check(machine.printed())
        counts = dma_counts(rsp)
        assert counts["bytes"] > 2 * SIZE and counts["late"] == 0 and counts["unwatched"] == 0
        check_replay(machine, rsp)
        end = rsp.now()
        for _ in range(3):  # fills the pool of pages, or nearly
            assert rsp.step_back().where == "T05 "
        instant, received = last_received(rsp)
        rsp.seek(instant + 1)
        rsp.insert(2, DIRECT_MAP + received, 1)
        stop = rsp.go_back()
        assert (stop.reason, int(stop.value, 16)) == ("watch", DIRECT_MAP + received)
        assert "written by a device" in stop.text and "8086:100e" in stop.text
        assert rsp.now() == instant
        rsp.remove(2, DIRECT_MAP + received, 1)
        assert rsp.seek("end") == end


@needs_bridge
def test_a_recording_of_linux_holds_without_its_devices(linux, tmp_path):
    file = tmp_path / "linux.retro"
    with Transfer(tmp_path, SIZE) as transfer:
        with Running(tmp_path, "record", str(file), "--kernel", str(linux.kernel), "--initrd", str(transfer.initrd),
                     "--append", QUICK, "--log", str(LOG), "--memory", str(LOG + 200), "--port", "0",
                     "--", *transfer.devices) as recording:
            recording.wait_for(r"linux: done", 60 * MINUTES)
            recording.end()
            transfer.check(recording.text().replace("\r", ""))
    verified = run("verify", str(file), seconds=60 * MINUTES)
    assert verified.returncode == 0, verified
    assert "the state is the recorded one" in verified.stdout
    assert re.search(r"replaying: \d+ %", verified.stderr)


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
