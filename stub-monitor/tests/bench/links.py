# SPDX-License-Identifier: EPL-2.0
"""Steps and memory reads over each way to a debugger, by the small client and by real gdb.

The same guest (calls) on QEMU with the monitor (UART, virtio console) and without (QEMU's own gdbstub); gdbserver runs
a program of the host. gdb steps and dumps in a script of its own, so that no prompt or pipe is measured.
"""
import contextlib
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
from typing import NamedTuple

from harness import BareGuest, GUESTS, MonitoredGuest, wait_until
from rsp_client import RspClient

STEPS, SECONDS = 1000, 2.0
DUMP_FROM, DUMP_BYTES = 0xc0000, 256 << 10  # the BIOS: the same bytes everywhere, not all zero
GDB_PROGRAM = """
import time
def prompt_steps(n):
    begin = time.perf_counter()
    for _ in range(n):
        gdb.execute("stepi", to_string=True)
    return n / (time.perf_counter() - begin)
def counted_steps(n):
    begin = time.perf_counter()
    gdb.execute("stepi %d" % n, to_string=True)
    return n / (time.perf_counter() - begin)
def dump(where, size):
    begin, times = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS:
        gdb.execute("dump binary memory /dev/null %s %s+%d" % (where, where, size))
        times += 1
    return times * size / (time.perf_counter() - begin) / 1e6
print("RATES", prompt_steps(STEPS), counted_steps(STEPS), dump(WHERE, SIZE))
"""


class Rates(NamedTuple):
    steps: float   # a second, by the small client
    reads: float   # MB a second, by the small client in the largest packets
    prompt: float  # gdb: stepi at the prompt, a second
    counted: float  # gdb: stepi N, steps a second
    dump: float    # gdb: dump memory, MB a second


def repeat(action):
    """Calls a second."""
    count, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < SECONDS:
        action()
        count += 1
    return count / (time.perf_counter() - begin)


def client_rates(path, address, acknowledge=False):
    """With acks where the stub knows nothing else."""
    with RspClient(path, acknowledge) as rsp:
        size = int(re.search(r"PacketSize=([0-9a-f]+)", rsp.features)[1], 16) // 2 - 8
        reads = repeat(lambda: rsp.read(address, size)) * size / 1e6
        return repeat(rsp.step), reads


def gdb_rates(target, where, elf, size, before=""):
    program = (f"STEPS, SECONDS, WHERE, SIZE = {STEPS}, {SECONDS}, '{where}', {size}\n{GDB_PROGRAM}")
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(program)
        script.flush()
        out = subprocess.run(["gdb", "-q", "-nx", "-batch", "-ex", "set confirm off", "-ex", "set sysroot /", "-ex", f"target remote {target}",
                              *(["-ex", before] if before else []), "-x", script.name, str(elf)],
                             capture_output=True, text=True, timeout=300)
    rates = re.search(r"^RATES (\S+) (\S+) (\S+)$", out.stdout, re.MULTILINE)
    assert rates, (out.stdout + out.stderr)[-500:]
    return [float(rate) for rate in rates.groups()]


def measure_monitor(link, record):
    with MonitoredGuest("calls", record=record, link=link) as machine:
        with machine.rsp() as rsp:
            rsp.resume("c")
            machine.wait_printed("^calls: done ")
            rsp.interrupt()
        client = client_rates(machine.link, DUMP_FROM)
        return Rates(*client, *gdb_rates(machine.link, hex(DUMP_FROM), machine.symbols_from, DUMP_BYTES))


@contextlib.contextmanager
def qemu_stub():
    """The guest alone, and the socket of QEMU's stub."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="retro-"))
    path = directory / "gdb.sock"
    try:
        with BareGuest("calls", options=["-chardev", f"socket,id=gdb,path={path},server=on,wait=off",
                                         "-gdb", "chardev:gdb"]) as machine:
            machine.wait_printed("^calls: done ")
            with socket.socket(socket.AF_UNIX) as visitor:  # stops the guest; what is said while it runs gets lost
                visitor.connect(str(path))
                time.sleep(0.5)
            yield path
    finally:
        shutil.rmtree(directory)


def measure_qemu():
    with qemu_stub() as path:
        client = client_rates(path, DUMP_FROM, acknowledge=True)
        return Rates(*client, *gdb_rates(path, hex(DUMP_FROM), GUESTS / "calls.elf", DUMP_BYTES))


def measure_gdbserver():
    """A shell in a loop, and its stack: a page is all that is surely there."""
    with subprocess.Popen(["gdbserver", "--once", "127.0.0.1:0", "/bin/sh", "-c", "while :; do :; done"],
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        port = wait_until(lambda: re.search(r"port (\d+)", server.stderr.readline()), 10, lambda: "gdbserver")[1]
        try:
            return Rates(0, 0, *gdb_rates(f"127.0.0.1:{port}", "((long)$sp&~0xfff)", "/bin/sh", 0x1000))
        finally:
            server.terminate()


def rows():
    """(name, Rates) of each way."""
    yield "QEMU's gdbstub", measure_qemu()
    yield "gdbserver", measure_gdbserver()
    yield "UART, live", measure_monitor("uart", "off")
    yield "virtio, live", measure_monitor("virtio", "off")
    yield "virtio, recording", measure_monitor("virtio", "on")


def print_links():
    print(f"\n{'debugger':20}{'RSP steps/s':>13}{'RSP MB/s':>10}{'gdb stepi/s':>13}{'stepi N/s':>11}{'dump MB/s':>11}")
    for name, rates in rows():
        print(f"{name:20}{rates.steps:13.0f}{rates.reads:10.2f}{rates.prompt:13.0f}{rates.counted:11.0f}"
              f"{rates.dump:11.2f}", flush=True)
