# SPDX-License-Identifier: EPL-2.0
"""What the BIOS boots from a disk: its first instruction, its memory map, live, recorded, and back."""
import re

import pytest

from gdb_driver import Gdb
from harness import GUESTS, PACE, BIOS_MACHINE, DEBUG_EXIT, ICOUNT, DiskGuest, Qemu, boot_device, done_line, run_to_done, wait_listening
from test_recorded import check_forward_run, check_replay, check_steps_back

pytestmark = pytest.mark.monitor

BOOTDISK = GUESTS / "bootdisk.img"
BOOT_SECTOR_AT = 0x7c00
RDX = 3
MEMORY, LOG = 256, 64
KB, MB = 1 << 10, 1 << 20


@pytest.fixture(scope="module")
def bare():
    """What the disk prints without the monitor."""
    options = [*boot_device(BOOTDISK), *DEBUG_EXIT, *ICOUNT]
    with Qemu(options, MEMORY, machine=BIOS_MACHINE) as machine:
        machine.wait_exit(60)
        return machine.printed()


def ram(text):
    """The ranges of RAM in the memory map: (start, end)."""
    entries = [[int(word, 16) for word in line.split()] for line in re.findall(r"^map ([0-9a-f ]+)$", text, re.M)]
    return [(low | high << 32, (low | high << 32) + (size | size_high << 32))
            for low, high, size, size_high, kind in entries if kind == 1]


def told(name, text):
    return int(re.search(rf"^{name}: ([0-9a-f]+)$", text, re.M)[1], 16)


@pytest.mark.parametrize("icount", [True, False], ids=["icount", "free"])
def test_a_disk_boots_live_as_it_does_alone(bare, icount):
    with DiskGuest(BOOTDISK, start="running", record="off", icount=icount) as machine:
        machine.wait_printed("^bootdisk: done ", 60)
        assert done_line(machine.printed()) == done_line(bare)
        assert "bootdisk: drive 00000080\n" in machine.printed()


def test_the_guest_begins_at_its_boot_sector():
    with DiskGuest(BOOTDISK, record="off") as machine, machine.rsp() as rsp:
        assert rsp.register(0x10) == BOOT_SECTOR_AT
        assert rsp.register(RDX) & 0xff == 0x80
        assert rsp.read(BOOT_SECTOR_AT, 512) == BOOTDISK.read_bytes()[:512]
        assert "bootdisk" not in machine.printed()


def test_the_bioss_memory_map_is_without_the_monitor(bare):
    with DiskGuest(BOOTDISK, start="running", record="off", memory=MEMORY, log=LOG) as machine:
        machine.wait_printed("^bootdisk: done ", 60)
        text = machine.printed()
    end = max(end for _, end in ram(text))
    assert max(end for _, end in ram(bare)) > (MEMORY - 1) * MB
    assert (MEMORY - 2 * LOG) * MB < end < (MEMORY - LOG) * MB
    assert ram(text)[0] == (0, told("conventional", text) * KB)
    assert told("conventional", text) < told("conventional", bare)
    assert told("below 16 MB", text) == 15 * KB
    assert told("above 16 MB", text) == (end - 16 * MB) // (64 * KB)
    assert told("extended", text) == told("extended", bare) == 63 * KB


def test_ah_88_tells_the_end_of_a_small_memory():
    with DiskGuest(BOOTDISK, start="running", record="off", memory=40, log=8) as machine:
        machine.wait_printed("^bootdisk: done ", 60)
        end = max(end for _, end in ram(machine.printed()))
        assert end < 32 * MB
        assert told("extended", machine.printed()) == (end - MB) // KB


def test_a_disk_is_recorded_and_stepped_backwards(bare):
    with DiskGuest(BOOTDISK) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        assert done_line(machine.printed()) == done_line(bare)
        check_replay(machine, rsp)
        check_forward_run(rsp)
        last = rsp.now()
        for instant in [last, last // 2, last // 3]:
            check_steps_back(rsp, instant, 20)
        rsp.seek("begin")
        assert rsp.register(0x10) == BOOT_SECTOR_AT


def test_gdb_shows_the_boot_sector_and_goes_back_into_it():
    with DiskGuest(BOOTDISK) as machine:
        with machine.rsp() as rsp:
            rsp.monitor("set architecture i8086")
        wait_listening(machine.link)
        with Gdb(GUESTS / "bootdisk.elf", PACE) as gdb:
            gdb.run("set architecture i8086")
            gdb.connect(machine.link)
            assert "boot_sector" in gdb.run("info symbol $pc")
            code = gdb.run("x/3i $pc")
            assert "cli" in code and "xor    %ax,%ax" in code and "mov    %ax,%ds" in code
            gdb.run("break read_sector")
            assert "read_sector" in gdb.run("continue")
            assert "bootdisk_main" in gdb.run("backtrace")
            gdb.run("watch *(unsigned *)0xc000")
            assert "New value" in gdb.run("continue")  # the BIOS's INSW
            gdb.run("delete")
            gdb.run("break boot_loaded")
            assert "boot_loaded" in gdb.run("reverse-continue")


def refusal(image, **options):
    with DiskGuest(image, start="running", record="off", **options) as machine:
        return machine.wait_debug_output(r"cannot start: (.*)\n", 90)[1]


def test_a_disk_without_a_boot_sector_is_said_to_have_none(tmp_path):
    image = tmp_path / "empty.img"
    image.write_bytes(bytes(MB))
    assert refusal(image, options=["-nic", "none"]) == (
        "the BIOS did not start a boot sector: the CPU has waited for too long")
