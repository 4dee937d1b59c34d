# SPDX-License-Identifier: EPL-2.0
"""How guests get into memory: formats, modules, GRUB, and images that are none."""
import re
import shutil
import subprocess

import pytest

from harness import GUESTS, ICOUNT, MONITOR, MonitoredGuest, Qemu, wait_listening
from rsp_client import RspClient

pytestmark = pytest.mark.monitor

APPEND = "uart=com2 log=32 start=running record=off"


def boot(module, modules=()):
    initrd = ",".join(str(part).replace(",", ",,") for part in (module, *modules))
    return Qemu(["-kernel", str(MONITOR), "-append", APPEND, "-initrd", initrd, *ICOUNT])


@pytest.mark.parametrize("image", ["hello.elf", "hello.elf32", "hello.flat"])
def test_every_format_is_loaded(image):
    with boot(f"{GUESTS / image} one two") as machine:
        machine.wait_printed("^hello: done ")
        assert re.search(r'command line ".*hello.* one two"', machine.printed())


def test_modules_are_passed_on():
    with boot(GUESTS / "hello.elf", [f"{GUESTS / 'hello.flat'} first", f"{MONITOR} second, third"]
              ) as machine:
        machine.wait_printed("^hello: done ")
        sizes = [int(end, 16) - int(begin, 16) for begin, end in
                 re.findall(r"module \d ([0-9a-f]+)\.\.([0-9a-f]+)", machine.printed())]
        assert sizes == [(GUESTS / "hello.flat").stat().st_size, MONITOR.stat().st_size]
        assert re.search(r'module string ".*first"', machine.printed())
        assert re.search(r'module string ".*second, third"', machine.printed())


def bad_images():
    elf = (GUESTS / "hello.elf").read_bytes()
    return {
        "text": (b"this is no kernel\n" * 100, r"no Multiboot 1 kernel"),
        "empty": (b"", r"guest"),
        "short": (elf[:len(elf) // 40], r"guest image"),
        "cut": (elf[:4096 + 200], r"cut short"),
        "header-only": (b"\x02\xb0\xad\x1b" + bytes(4) + (-0x1badb002 & 0xffffffff)
                        .to_bytes(4, "little"), r"no ELF file|guest image"),
    }


@pytest.mark.parametrize("kind", ["text", "empty", "short", "cut", "header-only"])
def test_bad_image_is_refused_in_one_line(kind, tmp_path):
    contents, message = bad_images()[kind]
    image = tmp_path / "image"
    image.write_bytes(contents)
    with boot(image) as machine:
        machine.wait_debug_output(rf"retrovisor: .*({message})")
        assert machine.printed() == ""


def test_missing_guest_is_refused():
    with Qemu(["-kernel", str(MONITOR), "-append", APPEND, *ICOUNT]) as machine:
        machine.wait_debug_output(r"no guest")


def test_unknown_option_is_named():
    with Qemu(["-kernel", str(MONITOR), "-append", "colour=blue", *ICOUNT, "-initrd",
               str(GUESTS / "hello.elf")]) as machine:
        machine.wait_debug_output(r"option 'colour=blue' \(expected: .*uart=")


def test_too_large_a_log_is_refused():
    with MonitoredGuest("hello", log=512) as machine:
        machine.wait_debug_output(r"not enough RAM")


def make_iso(directory):
    """A GRUB image that boots the monitor with a guest, as a real PC would."""
    grub = directory / "root" / "boot" / "grub"
    grub.mkdir(parents=True)
    shutil.copy(MONITOR, grub.parent / "monitor.bin")
    shutil.copy(GUESTS / "ticks.elf", grub.parent / "ticks.elf")
    (grub / "grub.cfg").write_text(
        "set timeout=0\nmenuentry retrovisor {\n"
        "multiboot /boot/monitor.bin uart=com2 log=32 start=stopped record=on\n"
        "module /boot/ticks.elf ticks.elf from grub\nboot\n}\n")
    iso = directory / "retrovisor.iso"
    subprocess.run(["grub-mkrescue", "-o", str(iso), str(directory / "root")], check=True,
                   capture_output=True, timeout=60)
    return iso


@pytest.mark.skipif(not shutil.which("grub-mkrescue"), reason="grub-mkrescue is not installed")
def test_boots_from_grub(tmp_path):
    with Qemu(["-cdrom", str(make_iso(tmp_path)), "-boot", "d", *ICOUNT]) as machine:
        machine.wait_debug_output("retrovisor: ready", 60)
        wait_listening(machine.com2)
        with RspClient(machine.com2) as rsp:
            rsp.resume("c")
            machine.wait_printed("^ticks: done ", 60)
            rsp.interrupt()
            end = rsp.state()
            rsp.seek("begin")
            rsp.seek("end")
            assert rsp.state() == end
