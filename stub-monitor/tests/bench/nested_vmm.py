# SPDX-License-Identifier: EPL-2.0
"""An initrd with a conventional VMM in it: the host's own QEMU (Debian's package), which runs a Linux by KVM on AMD-V.

The VMM emulates an e1000 (behind a network of its own, so the guest's packets are translated twice) and an AHCI disk over
/dev/sda. Each line that its guest prints is printed with the VMM's Linux's /proc/uptime behind it, after the word "outer".
"""
import pathlib
import re
import shutil
import subprocess

import linux_guest

QEMU = pathlib.Path(shutil.which("qemu-system-x86_64") or "/usr/bin/qemu-system-x86_64")
LIBRARIES = "lib/x86_64-linux-gnu"
LOADER = pathlib.Path("/lib64/ld-linux-x86-64.so.2")
FIRMWARE = [pathlib.Path(path) for path in (
    "/usr/share/seabios/bios-256k.bin", "/usr/share/seabios/vgabios-stdvga.bin", "/usr/share/qemu/kvmvapic.bin",
    "/usr/share/qemu/linuxboot_dma.bin", "/usr/share/qemu/linuxboot.bin", "/usr/lib/ipxe/qemu/efi-e1000.rom")]
MODULES = ["e1000", "ahci", "sd_mod", "kvm_amd"]
MEMORY = 256  # megabytes of its guest

SCRIPT = """
while [ ! -e /dev/sda ] || [ ! -e /sys/class/net/eth0 ]; do sleep 0.1; done
ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
[ -e /dev/kvm ] || echo "io: no KVM"
chmod 755 /usr/bin/qemu-system-x86_64 {loader}
export LD_LIBRARY_PATH=/{libraries}
{loader} /usr/bin/qemu-system-x86_64 -accel kvm -cpu host -m {memory} -display none -serial stdio -monitor none -no-reboot {folders} \\
  -netdev user,id=n0,net=10.0.3.0/24 -device e1000,netdev=n0 -drive file=/dev/sda,format=raw,if=none,id=d0,cache=none \\
  -device ahci,id=ahci -device ide-hd,drive=d0,bus=ahci.0 -kernel /guest/kernel -initrd /guest/initrd \\
  -append "$(cat /guest/append)" </dev/null 2>&1 | tr -d '\\r' | while read -r line; do
  case "$line" in
  "io: net "*|"io: disk "*) echo "$line outer $(cat /proc/uptime)" ;;
  *) echo "$line" ;;
  esac
done
poweroff -f
"""


def libraries():
    """The shared libraries that QEMU needs."""
    text = subprocess.run(["ldd", str(QEMU)], capture_output=True, text=True, check=True).stdout
    return [pathlib.Path(path) for path in re.findall(r"=> (/\S+)", text)]


def make_initrd(path, linux, guest_initrd, guest_append):
    """Writes the initrd: the VMM, and in /guest what it runs."""
    extra = {"guest/kernel": linux.kernel, "guest/initrd": guest_initrd, str(LOADER).lstrip("/"): LOADER,
             "usr/bin/qemu-system-x86_64": QEMU}
    extra |= {f"{LIBRARIES}/{library.name}": library for library in libraries()}
    extra |= {str(file).lstrip("/"): file for file in FIRMWARE if file.exists()}
    content = {name: file.read_bytes() for name, file in extra.items()} | {"guest/append": guest_append.encode()}
    script = SCRIPT.format(loader=LOADER, libraries=LIBRARIES, memory=MEMORY,
                           folders=" ".join(f"-L {folder}" for folder in sorted({file.parent for file in FIRMWARE})))
    return linux_guest.make_initrd(path, script, MODULES, content, linux)
