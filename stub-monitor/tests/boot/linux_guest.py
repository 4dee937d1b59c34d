# SPDX-License-Identifier: EPL-2.0
"""Debian's own kernel as a guest: where its files are, and an initrd made of BusyBox, modules and a script.

`./retrovisor linux` fetches the packages (not into /boot, nothing is installed). What a test needs:

    files = linux_guest.files()                       # skips the test if they were not fetched
    initrd = linux_guest.make_initrd(path, "echo hello; poweroff -f", modules=["e1000", "ahci", "sd_mod"])

By hand: linux_guest.py OUT.cpio [--modules e1000,ahci] [--script FILE]; without a script there is a shell on ttyS0.
"""
import argparse
import os
import pathlib
import re
import stat
from typing import NamedTuple

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
FOLDER = CACHE / "retrovisor" / "linux"

# Asked for by name while they run, not by their symbols.
SOFT_DEPENDENCIES = {"crc_t10dif": ["crct10dif_generic"], "libcrc32c": ["crc32c_generic"]}
SHELL = "echo 'linux: shell'\nexec setsid cttyhack sh\n"
# Lines that a test waits for: "linux: up" when /init runs, "linux: ready" when the modules are in.
INIT = """#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
echo "linux: up"
for module in $(cat /modules.order); do insmod /modules/$module.ko || echo "linux: no $module"; done
echo "linux: ready"
. /script
"""


class Files(NamedTuple):
    kernel: pathlib.Path      # bzImage
    system_map: pathlib.Path
    modules: pathlib.Path     # lib/modules/VERSION
    busybox: pathlib.Path

    @property
    def version(self):
        return self.modules.name


def find_files(folder=FOLDER):
    """The fetched files, the newest kernel's; None if there are none."""
    kernels = sorted(folder.glob("boot/vmlinuz-*"), key=lambda path: path.stat().st_mtime)
    if not kernels or not (folder / "bin/busybox").exists():
        return None
    version = kernels[-1].name.removeprefix("vmlinuz-")
    return Files(kernels[-1], folder / f"boot/System.map-{version}", folder / f"lib/modules/{version}",
                 folder / "bin/busybox")


def files():
    """Like find_files(), for tests."""
    import pytest
    return find_files() or pytest.skip("no Linux kernel: ./retrovisor linux")


# ---- modules ----

def module_paths(tree):
    """Name (with underscores) to file."""
    return {path.stem.replace("-", "_"): path for path in tree.rglob("*.ko")}


def depends_on(path):
    found = re.search(rb"\0depends=([^\0]*)\0", path.read_bytes())
    names = found[1].decode().split(",") if found and found[1] else []
    return [name.replace("-", "_") for name in names]


def load_order(tree, wanted):
    """Files of the modules and of all they need, each after what it needs; built-in ones are left out."""
    paths, order = module_paths(tree), []
    builtin = {pathlib.Path(line).stem.replace("-", "_")
               for line in (tree / "modules.builtin").read_text().splitlines()}

    def add(name):
        if name in builtin or paths.get(name) in order:
            return
        if name not in paths:
            raise SystemExit(f"{name}: no such module in {tree}")
        for needed in depends_on(paths[name]) + SOFT_DEPENDENCIES.get(name, []):
            add(needed)
        order.append(paths[name])

    for name in wanted:
        add(name.replace("-", "_"))
    return order


# ---- the archive (Documentation/driver-api/early-userspace/buffer-format.rst) ----

class Archive:
    def __init__(self):
        self.bytes, self.count = bytearray(), 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.count += 1
        encoded = name.encode() + b"\0"
        fields = [self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0]
        self.bytes += b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
        self._align()
        self.bytes += data
        self._align()

    def folder(self, name):
        self.add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.add(name, stat.S_IFREG | mode, data)

    def _align(self):
        self.bytes += bytes(-len(self.bytes) % 4)

    def finish(self):
        self.add("TRAILER!!!", 0)
        return bytes(self.bytes)


def make_initrd(path, script=SHELL, modules=(), extra_files=None, linux=None):
    """Writes an initrd whose /init loads the modules and then runs the script (BusyBox sh); returns its path."""
    linux = linux or files()
    order = load_order(linux.modules, modules)
    archive = Archive()
    for folder in ["bin", "dev", "proc", "sys", "tmp", "modules"]:
        archive.folder(folder)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.file("bin/busybox", linux.busybox.read_bytes(), 0o755)
    archive.file("init", INIT.encode(), 0o755)
    archive.file("script", script.encode())
    archive.file("modules.order", "\n".join(module.stem for module in order).encode())
    for module in order:
        archive.file(f"modules/{module.name}", module.read_bytes())
    extra_files = extra_files or {}
    for folder in sorted({str(parent) for name in extra_files for parent in pathlib.PurePath(name).parents} - {".", "bin"}):
        archive.folder(folder)
    for name, data in extra_files.items():
        archive.file(name, data)
    path = pathlib.Path(path)
    path.write_bytes(archive.finish())
    return path


def main():
    parser = argparse.ArgumentParser(description="Makes an initrd for Debian's kernel.")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--modules", default="", help="names with commas between")
    parser.add_argument("--script", type=pathlib.Path, help="run by /init instead of a shell")
    arguments = parser.parse_args()
    linux = find_files() or parser.error("no kernel was fetched: ./retrovisor linux")
    make_initrd(arguments.out, arguments.script.read_text() if arguments.script else SHELL,
                [name for name in arguments.modules.split(",") if name], linux=linux)


if __name__ == "__main__":
    main()
