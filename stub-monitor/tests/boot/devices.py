# SPDX-License-Identifier: EPL-2.0
"""QEMU's devices for the guests that drive one with DMA, and their disk images."""
import contextlib
import pathlib
import random
import tempfile

DISK_BYTES = 2 << 20
# SeaBIOS waits for 1 ms, instead of 100, for a device at each USB port: with -icount these are many instructions.
QUICK_USB_START = ["-fw_cfg", "name=etc/usb-time-sigatt,string=\x01"]


def disk(interface_options):
    return lambda image: ["-drive", f"file={image},if=none,id=d0,format=raw", *interface_options]


def network(model):
    return lambda _: ["-netdev", "user,id=n0", "-device", f"{model},netdev=n0"]


# guest: what makes its device
DEVICES = {
    "vblk": disk(["-device", "virtio-blk-pci,drive=d0,disable-modern=on,disable-legacy=off"]),
    "vblk1": disk(["-device", "virtio-blk-pci,drive=d0,disable-legacy=on"]),
    "vnet": network("virtio-net-pci,disable-modern=on,disable-legacy=off"),
    "vnet1": network("virtio-net-pci,disable-legacy=on"),
    "ahci": disk(["-device", "ahci,id=ahci", "-device", "ide-hd,drive=d0,bus=ahci.0"]),
    "ide": disk(["-device", "ide-hd,drive=d0,bus=ide.0"]),
    "nvme": disk(["-device", "nvme,drive=d0,serial=retrovisor"]),
    "xhci": disk([*QUICK_USB_START, "-device", "qemu-xhci,id=usb", "-device", "usb-storage,bus=usb.0,drive=d0"]),
    "e1000": network("e1000"),
    "rtl8139": network("rtl8139"),
}


@contextlib.contextmanager
def device_options(guest):
    """(QEMU's options for the guest's device, image): a disk has the same random content every time."""
    with tempfile.TemporaryDirectory(prefix="retro-disk-") as directory:
        image = pathlib.Path(directory) / "disk.raw"
        image.write_bytes(random.Random(4).randbytes(DISK_BYTES))
        yield DEVICES[guest](image), image
