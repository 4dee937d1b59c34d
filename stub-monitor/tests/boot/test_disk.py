# SPDX-License-Identifier: EPL-2.0
"""What the BIOS boots from a disk: its first instruction, its memory map, live, recorded, and back."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import linux_guest

from gdb_driver import Gdb
from harness import (BIOS_MACHINE, DEBUG_EXIT, GUESTS, ICOUNT, PACE, DiskGuest, Qemu, boot_device, done_line, run_to_done,
                     wait_listening)
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


def hole(ranges):
    """(start, end) of what is missing: RAM ends above 1 MB and goes on."""
    upper = [ends for ends in ranges if ends[0] >= MB]
    assert len(upper) == 2, "RAM above 1 MB is in two pieces"
    return upper[0][1], upper[1][0]


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
    end, behind = hole(ram(text))
    assert LOG * MB < behind - end < 2 * LOG * MB
    assert [ends[1] for ends in ram(text)][-1] == [ends[1] for ends in ram(bare)][-1] > (MEMORY - 1) * MB
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


@pytest.mark.parametrize("device, controller", [
    ("ide-hd,bus=ahci.0", ["-device", "ahci,id=ahci"]), ("virtio-blk-pci", [])], ids=["ahci", "virtio"])
def test_the_bioss_own_drivers_are_recorded(bare, device, controller):
    """They have told the controller where to write long before the recording."""
    with DiskGuest(BOOTDISK, options=controller, device=device) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        assert done_line(machine.printed()) == done_line(bare)
        check_replay(machine, rsp)
        check_forward_run(rsp)


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


# ---- boot loaders, and what they load ----

NEEDS_GRUB = pytest.mark.skipif(not shutil.which("grub-mkrescue"), reason="grub-mkrescue is not installed")
MEMTEST = pathlib.Path("/boot/memtest86+x64.bin")
# QEMU's network cards whose boot ROM is tried; more of them: e1000,rtl8139,virtio-net-pci
CARDS = os.environ.get("RETROVISOR_TEST_BOOT_CARDS", "e1000").split(",")


def grub_disk(folder, commands, **files):
    """An image that boots as a disk: GRUB, with the files in /boot, carries out the commands."""
    grub = folder / "root" / "boot" / "grub"
    grub.mkdir(parents=True)
    for name, path in files.items():
        shutil.copy(path, grub.parent / name)
    (grub / "grub.cfg").write_text("\n".join(
        ["serial --unit=0 --speed=115200", "terminal_output serial", "terminal_input serial", *commands, "boot", ""]))
    image = folder / "grub.img"
    subprocess.run(["grub-mkrescue", "-o", str(image), str(folder / "root")], check=True, capture_output=True, timeout=60)
    return image


@NEEDS_GRUB
def test_grub_boots_a_kernel_from_a_disk_and_is_stepped_backwards(tmp_path):
    image = grub_disk(tmp_path, ["multiboot /boot/kernel by grub"], kernel=GUESTS / "hello.elf32")
    with DiskGuest(image, log=128, memory=512) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        assert "Welcome to GRUB" in machine.printed()
        assert re.search(r'command line "(\S*kernel )?by grub"', machine.printed())
        check_replay(machine, rsp)
        check_forward_run(rsp)
        check_steps_back(rsp, rsp.now() // 2, 20)


@NEEDS_GRUB
@pytest.mark.skipif(not MEMTEST.exists(), reason="memtest86+ is not installed")
def test_memtest_finds_no_error_and_no_monitor(tmp_path):
    image = grub_disk(tmp_path, ["linux16 /boot/memtest console=ttyS0,115200"], memtest=MEMTEST)
    with DiskGuest(image, start="running", record="off", icount=False, memory=64, log=16) as machine:
        machine.wait_printed(r"Pass +[1-9]\d?%|\b[1-9]\d?% #", 120)
        screen = machine.printed()
        assert int(re.search(r"Memory  : +(\d+)MB", screen)[1]) <= 64 - 16
        assert re.search(r"Errors: 0 ", screen) and not re.search(r"Errors: [1-9]", screen)


@NEEDS_GRUB
def test_grub_boots_linux_from_a_disk(tmp_path):
    linux = linux_guest.files()
    initrd = linux_guest.make_initrd(tmp_path / "initrd", "grep -i 'system ram' /proc/iomem\necho 'linux: done'\n", linux=linux)
    image = grub_disk(tmp_path, ["linux /boot/vmlinuz console=ttyS0 panic=-1 cryptomgr.notests", "initrd /boot/initrd"],
                      vmlinuz=linux.kernel, initrd=initrd)
    with DiskGuest(image, start="running", record="off", icount=False, memory=512) as machine:
        machine.wait_printed("^linux: done", 180)
        usable = re.findall(r"BIOS-e820: \[mem 0x(\w+)-0x(\w+)\] usable", machine.printed())
        end, behind = hole([(int(first, 16), int(last, 16) + 1) for first, last in usable])
        assert 64 * MB < behind - end < 128 * MB


def next_device(folder):
    """A disk whose boot sector hands on to the next device of the boot order."""
    image = folder / "next.img"
    image.write_bytes(b"\xcd\x18".ljust(510, b"\0") + b"\x55\xaa" + bytes(MB))  # INT 18h
    return image


def fetching_network(folder, card, data):
    """A network whose server hands out a script for iPXE that fetches the data."""
    folder.mkdir()
    (folder / "data.bin").write_bytes(data)
    (folder / "boot.ipxe").write_text(
        "#!ipxe\necho lease ${net0/ip}\nimgfetch data.bin\nimgstat\necho ipxe: done\n:again\nsleep 1\ngoto again\n")
    return ["-netdev", f"user,id=n0,tftp={folder},bootfile=boot.ipxe", "-device", f"{card},netdev=n0,bootindex=2"]


@pytest.mark.parametrize("card", CARDS)
def test_ipxe_gets_a_lease_and_a_file_and_is_replayed(tmp_path, card):
    """Its driver polls. The boot sector before it is the recording's first instruction."""
    data = os.urandom(32768)
    network = fetching_network(tmp_path / "tftp", card, data)
    with DiskGuest(next_device(tmp_path), start="running", log=192, memory=512, options=network) as machine:
        machine.wait_printed("^ipxe: done", 150)
        with machine.rsp() as rsp:
            assert "lease 10.0.2.15\n" in machine.printed()
            assert f"data.bin : {len(data)} bytes" in machine.printed()
            end = rsp.state()
            where = find(rsp, data)
            check_replay(machine, rsp)
            rsp.seek("begin")
            assert rsp.go(300).where == "replaylog:end"
            assert rsp.state() == end
            rsp.insert(2, where + 20000, 4)  # who wrote it last?
            assert rsp.go_back(300).reason == "watch"
            assert rsp.read(where + 20000, 4) != data[20000:20004]


def read(rsp, address, length, piece=1024):
    return b"".join(rsp.read(address + at, min(piece, length - at)) for at in range(0, length, piece))


def find(rsp, data, start=MB, end=384 * MB):
    """Where all of it stands in the guest's memory, which may hold its beginning elsewhere, too."""
    escaped = b"".join(bytes([0x7d, byte ^ 0x20]) if byte in b"#$}*" else bytes([byte]) for byte in data[:32])
    while start < end:
        reply = rsp.exchange(b"qSearch:memory:%x;%x;%s" % (start, min(end - start, 32 * MB), escaped), 60)
        if reply == "0":
            start += 32 * MB - 32
        else:
            start = int(reply.split(",")[1], 16)
            if read(rsp, start, len(data)) == data:
                return start
            start += 1
    raise AssertionError("the file is not in the guest's memory")


def refusal(image, **options):
    with DiskGuest(image, start="running", record="off", **options) as machine:
        return machine.wait_debug_output(r"cannot start: (.*)\n", 90)[1]


def test_a_disk_without_a_boot_sector_is_said_to_have_none(tmp_path):
    image = tmp_path / "empty.img"
    image.write_bytes(bytes(MB))
    assert refusal(image, options=["-nic", "none"]) == (
        "the BIOS did not start a boot sector: the CPU has waited for too long")
