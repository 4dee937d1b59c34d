# SPDX-License-Identifier: EPL-2.0
"""The same gdb on the same code through four stubs: ours (live and recording), QEMU's, gdbserver's."""
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile

from harness import GUESTS, BareGuest, MonitoredGuest, udp_port, wait_listening, wait_until

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
GDB_SIDE = HERE / "gdb_side.py"
SECONDS = 1.5
LIMIT = 240  # seconds for one target
ELF = GUESTS / "stepped.elf"
MEASURES = ["stepi", "stepi N", "next", "false hits", "dump"]


def run_gdb(program, remote, conditions):
    """What gdb_side.py measured at one target: {measure: rate}."""
    arguments = json.dumps({"seconds": SECONDS, "conditions": conditions})
    gdb = subprocess.run(
        ["gdb", "-nx", "-q", "-batch", "-ex", "set debuginfod enabled off", "-ex", f"file {program}",
         "-ex", f"target remote {remote}", "-ex", f"python ARGUMENTS = {arguments}", "-x", GDB_SIDE],
        capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    for line in gdb.stdout.splitlines():
        if line.startswith("MEASURED "):
            return json.loads(line.removeprefix("MEASURED "))
    raise AssertionError(f"gdb at {remote}: {(gdb.stdout + gdb.stderr)[-500:]}")


@contextlib.contextmanager
def through_the_bridge(*options):
    """`retrovisor run`, as a user starts it: its address."""
    port = udp_port()
    command = [ROOT / "retrovisor", "run", "--guest", ELF, "--port", str(port), *options]
    with tempfile.TemporaryFile("w+") as output, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT) as bridge:
        def ready():
            output.seek(0)
            text = output.read()
            assert bridge.poll() is None, f"retrovisor run: {text[-500:]}"
            return "target remote" in text
        try:
            wait_until(ready, 120, lambda: "retrovisor run")
            yield f"localhost:{port}"
        finally:
            bridge.terminate()


@contextlib.contextmanager
def on_the_link(link):
    with MonitoredGuest("stepped", record="off", link=link) as machine:
        wait_listening(machine.link)
        yield machine.link


@contextlib.contextmanager
def qemu_gdbstub():
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "gdb"
        options = ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]
        with BareGuest("stepped", options=options):
            wait_listening(path)
            yield path


@contextlib.contextmanager
def gdbserver(program):
    port = udp_port()
    with subprocess.Popen(["gdbserver", "--once", f"localhost:{port}", program], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            while "Listening" not in (line := server.stderr.readline()):
                assert line, "gdbserver ended"
            yield f"localhost:{port}"
        finally:
            server.kill()


@contextlib.contextmanager
def host_program():
    """The same code as a Linux program."""
    with tempfile.TemporaryDirectory() as directory:
        program = pathlib.Path(directory) / "stepped"
        subprocess.run(["gcc", "-g", "-O1", "-fno-pie", "-no-pie", HERE / "stepped_host.c", "-o", program], check=True)
        yield program


def measure_debuggers(say):
    """{target: {measure: rate}}, in the order of the table."""
    with host_program() as host:
        targets = [("retrovisor live", ELF, lambda: through_the_bridge(), "target"),
                   ("retrovisor recorded", ELF, lambda: through_the_bridge("--record"), "target"),
                   ("its console, no bridge", ELF, lambda: on_the_link("virtio"), "target"),
                   ("its UART, no bridge", ELF, lambda: on_the_link("uart"), "target"),
                   ("QEMU's gdbstub", ELF, qemu_gdbstub, "host"),
                   ("gdbserver", host, lambda: gdbserver(host), "target")]
        if not shutil.which("gdbserver"):
            say("no gdbserver on this machine: without it (on Debian: apt-get install gdbserver)")
            targets.pop()
        results = {}
        for name, program, start, conditions in targets:
            say(f"gdb through {name}")
            with start() as remote:
                results[name] = run_gdb(program, remote, conditions)
        return results


def print_debuggers(results):
    print(f"\n{'gdb 13 at the same code, a second':37}{'stepi':>9}{'stepi N':>9}{'next':>9}{'false':>10}{'dump':>9}")
    print(f"{'':37}{'':9}{'':9}{'(loop)':>9}{'hits':>10}{'MB':>9}")
    for name, result in results.items():
        print(f"{'  ' + name:37}{result['stepi']:9.0f}{result['stepi N']:9.0f}{result['next']:9.1f}"
              f"{result['false hits']:10.0f}{result['dump']:9.2f}")
