# SPDX-License-Identifier: EPL-2.0
"""Debian's Linux receives bytes over e1000 from a server on the host and writes them to an AHCI disk.

    with Transfer(folder, size) as transfer:
        machine = MonitoredGuest(..., modules=[(transfer.initrd, "")], options=transfer.devices)
        ...
        transfer.check(machine.printed())    # the guest's SHA-256 of the disk, and ours of the image
"""
import hashlib
import pathlib
import random
import re
import socket
import threading

import linux_guest

MODULES = ["e1000", "ahci", "sd_mod"]
LONGEST = 600  # seconds that one reader may take

# The guest reads the disk back past its page cache.
SCRIPT = """
while [ ! -e /dev/sda ] || [ ! -e /sys/class/net/eth0 ]; do sleep 0.1; done
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
ping -c 1 -w 10 10.0.2.2 >/dev/null 2>&1
nc 10.0.2.2 {port} | dd of=/dev/sda bs=64k iflag=fullblock conv=fsync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
echo "linux: sha256 $(head -c {size} /dev/sda | sha256sum)"
echo "linux: done 0"
while :; do sleep 1000; done
"""


class Sender:
    """Gives the same bytes to each that connects to its port on the loopback address."""

    def __init__(self, content):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, args=(content,), daemon=True).start()

    def _serve(self, content):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(LONGEST)
                connection.sendall(content)

    def close(self):
        self._socket.close()


class Transfer:
    def __init__(self, folder, size, before=""):
        folder = pathlib.Path(folder)
        content = random.Random(1).randbytes(size)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.sender = Sender(content)
        self.disk = folder / "disk"
        self.disk.touch()
        with self.disk.open("r+b") as image:
            image.truncate(size)
        script = before + SCRIPT.format(port=self.sender.port, size=size)
        self.initrd = linux_guest.make_initrd(folder / "initrd.cpio", script, MODULES)
        self.devices = ["-netdev", "user,id=n0", "-device", "e1000,netdev=n0",
                        "-drive", f"file={self.disk},format=raw,if=none,id=d0",
                        "-device", "ahci,id=ahci", "-device", "ide-hd,drive=d0,bus=ahci.0"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sender.close()

    def check(self, printed):
        assert re.search(r"^linux: sha256 (\w{64})", printed, re.M)[1] == self.sha256
        assert hashlib.sha256(self.disk.read_bytes()).hexdigest() == self.sha256
