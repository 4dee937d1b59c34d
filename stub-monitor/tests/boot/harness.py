# SPDX-License-Identifier: EPL-2.0
"""QEMU with a guest in it, with or without the monitor underneath.

Every wait has an end, and QEMU never outlives its `with` block. What a test needs:

    with MonitoredGuest("ticks") as machine:          # stopped before the guest's first instruction
        with machine.rsp() as rsp: ...                # the bare UART, by rsp_client.RspClient
        gdb = machine.gdb()                           # the same UART, by real gdb (gdb_driver.Gdb)
    text = run_bare("ticks")                          # no monitor: what the guest prints by itself
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

from gdb_driver import Gdb
from rsp_client import RspClient

STUB_MONITOR = pathlib.Path(__file__).resolve().parents[2]
BUILD = STUB_MONITOR / "build"
MONITOR = pathlib.Path(os.environ.get("RETROVISOR_TEST_MONITOR", BUILD / "monitor.bin"))
GUESTS = BUILD / "guests"

CPU = "max,-la57,-rdrand,-rdseed"
# "state-match": the other instruction clock, without -icount.
CLOCK = os.environ.get("RETROVISOR_TEST_CLOCK", "any")
ICOUNT = ["-icount", "shift=0,sleep=on"] if CLOCK != "state-match" else []
DEBUG_EXIT = ["-device", "isa-debug-exit,iobase=0xf4"]
SOCKETS = pathlib.Path("/proc/net/unix")
ACCEPTS_CONNECTIONS = "00010000"  # the flag SO_ACCEPTCON in its fourth column
PACE = float(os.environ.get("RETROVISOR_TEST_PACE", "1"))  # on a slow machine: 2 doubles all bounds
LINK = os.environ.get("RETROVISOR_TEST_LINK", "uart")  # or virtio: where a test does not choose


def wait_until(condition, seconds, what):
    """The first true value of condition(); AssertionError with what() when there is none in time."""
    deadline = time.monotonic() + seconds * PACE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what()}: not within {seconds * PACE:.0f} s"
        time.sleep(0.01)


def wait_listening(path):
    """Waits for QEMU's socket without connecting: the monitor must not see a visitor before its time."""
    listener = re.compile(rf"^\S+ \S+ \S+ {ACCEPTS_CONNECTIONS} .* {re.escape(str(path))}$", re.M)
    wait_until(lambda: listener.search(SOCKETS.read_text()), 10, lambda: f"a listener at {path}")


def udp_port():
    """A loopback UDP port nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def packetd_network(port):
    """QEMU's options for the packetd guest: datagrams to 127.0.0.1:port reach it."""
    return ["-device", "ne2k_isa,netdev=n0,iobase=0x300,irq=10",
            "-netdev", f"user,id=n0,hostfwd=udp:127.0.0.1:{port}-10.0.2.15:9000"]


def virtio_console(path, ports=2):
    """QEMU's options for the monitor's virtio console: its socket is a listener at `path`. Without ioeventfd a reply is
    written by the CPU's own thread, at once. With one port it is the console proper, which loses what is not read."""
    port = "virtserialport,bus=link.0,nr=1,chardev=link" if ports > 1 else "virtconsole,bus=link.0,chardev=link"
    return ["-chardev", f"socket,id=link,path={path},server=on,wait=off",
            "-device", "virtio-serial-pci,id=link,addr=1e,disable-modern=on,disable-legacy=off,"
                       f"max_ports={ports},ioeventfd=off",
            "-device", port]


class Qemu:
    """One QEMU process with COM1 and the debug port in files."""

    def __init__(self, options, memory=256, link="uart", machine="pc"):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="retro-"))
        self.com1 = self.directory / "com1"
        self.debugcon = self.directory / "debugcon"
        self.errors = self.directory / "errors"
        self.com2 = self.directory / "com2.sock"
        self.virtio = self.directory / "virtio.sock"
        self.link = self.com2 if link == "uart" else self.virtio
        console = {"virtio": virtio_console(self.virtio), "virtconsole": virtio_console(self.virtio, 1)}
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", CPU, "-machine", machine,
                   "-m", str(memory), "-display", "none", "-monitor", "none", "-no-reboot",
                   "-global", "apic-common.vapic=off",  # it writes into memory by itself (QemuCommand.java)
                   "-serial", f"file:{self.com1}",
                   "-serial", f"unix:{self.com2},server=on,wait=off",
                   "-debugcon", f"file:{self.debugcon}",
                   *console.get(link, []), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.errors.open("wb"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def printed(self):
        """All of COM1 so far."""
        return self._text(self.com1)

    def debug_output(self):
        """All of the debug channel so far: the monitor's own messages."""
        return self._text(self.debugcon)

    @staticmethod
    def _text(path):
        return path.read_text(errors="replace").replace("\r", "") if path.exists() else ""

    def wait_printed(self, pattern, seconds=30):
        """The first match of the regular expression on COM1. "$" at its end is the end of a line that is whole."""
        def look():
            printed = self.printed()
            if pattern.endswith("$"):
                printed = printed[:printed.rfind("\n") + 1]
            found = re.search(pattern, printed, re.MULTILINE)
            assert found or self.process.poll() is None, f"QEMU ended: {self._text(self.errors)}"
            return found
        return wait_until(look, seconds,
                          lambda: f"'{pattern}' on COM1 ({self.printed()[-200:]!r}; "
                                  f"debug channel {self.debug_output()[-300:]!r})")

    def wait_debug_output(self, pattern, seconds=20):
        return wait_until(lambda: re.search(pattern, self.debug_output()), seconds,
                          lambda: f"'{pattern}' on the debug channel "
                                  f"({self.debug_output()[-300:]!r})")

    def wait_exit(self, seconds=20):
        return self.process.wait(seconds * PACE)


class BareGuest(Qemu):
    """A guest alone on QEMU's machine."""

    def __init__(self, name, arguments="", options=(), icount=True, memory=256):
        self.name = name
        image = GUESTS / (name if "." in name else f"{name}.elf32")
        super().__init__(["-kernel", str(image), "-append", arguments, *DEBUG_EXIT,
                          *(ICOUNT if icount else []), *options], memory)


def run_bare(name, arguments="", icount=True, options=(), memory=256):
    """What the guest prints from power-on to its exit through port 0xf4."""
    with BareGuest(name, arguments, options, icount, memory) as machine:
        machine.wait_exit(60)
        return machine.printed()


class MonitoredGuest(Qemu):
    """A guest on the monitor, which owns COM2 and, with link="virtio", a virtio console."""

    def __init__(self, name, arguments="", start="stopped", record="on", log=64, options=(),
                 memory=256, modules=(), icount=True, link=LINK, machine="pc",
                 monitor_options=""):
        self.name = name
        image = GUESTS / (name if "." in name else f"{name}.elf")
        self.symbols_from = GUESTS / f"{name.split('.')[0]}.elf"
        initrd = ",".join(f"{path} {words}".strip().replace(",", ",,")
                          for path, words in [(image, arguments), *modules])
        append = (f"uart=com2 link={'uart' if link == 'uart' else 'virtio'} log={log} start={start} record={record} "
                  f"clock={CLOCK} {monitor_options}".strip())
        super().__init__(["-kernel", str(MONITOR), "-append", append, "-initrd", initrd,
                          *(ICOUNT if icount else []), *options], memory, link, machine)

    def rsp(self, acknowledge=True, link=None, stop=True):
        """A connection to the link by the small client; close it before gdb() or another."""
        wait_listening(link or self.link)
        return RspClient(link or self.link, acknowledge, PACE, stop)

    def gdb(self, connect=True):
        """Real gdb with the guest's symbols, connected to the link."""
        wait_listening(self.link)
        gdb = Gdb(self.symbols_from, PACE)
        if connect:
            gdb.connect(self.link)
        return gdb

    def symbol(self, name):
        """The address of one of the guest's symbols."""
        return symbols(self.symbols_from)[name]


def boot_device(image, device="ide-hd"):
    """QEMU's options for a disk from which the BIOS boots. What is written to it is not kept."""
    return ["-drive", f"file={image},format=raw,if=none,id=boot,snapshot=on",
            "-device", f"{device},drive=boot,bootindex=1"]


# As `retrovisor run --disk` has it (BootDisk.java): text of the BIOS on COM1, no system management mode.
BIOS_MACHINE = "pc,smm=off,graphics=off"


class DiskGuest(Qemu):
    """What the BIOS boots from an image, on the monitor."""

    def __init__(self, image, start="stopped", record="on", log=64, options=(), memory=256, icount=True, link=LINK,
                 device="ide-hd"):
        append = f"uart=com2 link={link} boot=bios log={log} start={start} record={record}"
        super().__init__(["-kernel", str(MONITOR), "-append", append, *(ICOUNT if icount else []),
                          *options, *boot_device(image, device)], memory, link, BIOS_MACHINE)

    def rsp(self):
        """A connection to the link; the BIOS takes its time before there is a guest."""
        self.wait_debug_output("retrovisor: ready", 60)
        return MonitoredGuest.rsp(self)


def symbols(elf):
    lines = subprocess.run(["nm", str(elf)], capture_output=True, text=True, check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in lines.splitlines()}


def done_line(text):
    """The digest of the guest's last line "NAME: done DIGEST"."""
    return re.search(r"^\w+: done ([0-9a-f]+)$", text, re.MULTILINE).group(1)


def run_to_done(machine, rsp, seconds=120):
    """Lets the guest run until it has printed its last line, and stops it there."""
    rsp.resume("c")
    machine.wait_printed(r": done [0-9a-f]+\n", seconds)
    time.sleep(0.05)
    return rsp.interrupt()
