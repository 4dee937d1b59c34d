# SPDX-License-Identifier: EPL-2.0
"""Going back as others do it, in the guest `stepped`: gdb's own `record full` over QEMU's stub, and QEMU's rr=replay."""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

from debuggers import ELF, gdbserver, host_program, qemu_gdbstub
from harness import CPU, GUESTS, wait_listening

RECORDED_STEPS = 1000
BACK_STEPS = 100
LIMIT = 60  # seconds; QEMU 7.2's reverse debugging was seen to hang

MEASURE_FULL = f"""
import time
def timed(command):
    begin = time.perf_counter()
    gdb.execute(command, to_string=True)
    return time.perf_counter() - begin
gdb.execute("set confirm off")
gdb.execute("tbreak loop_in_a_line"); gdb.execute("continue")
gdb.execute("record full")
forwards = {RECORDED_STEPS} / timed("stepi {RECORDED_STEPS}")
first = timed("reverse-stepi")
backwards = {BACK_STEPS} / timed("reverse-stepi {BACK_STEPS}")
print("MEASURED", forwards, first * 1000, backwards)
"""

MEASURE_REPLAY = """
import time
gdb.execute("tbreak loop_in_a_line"); gdb.execute("continue"); gdb.execute("stepi 20")
for command in ("reverse-stepi", "reverse-stepi", "reverse-continue"):
    begin = time.perf_counter()
    gdb.execute(command, to_string=True)
    print("MEASURED", command, (time.perf_counter() - begin) * 1000, flush=True)
"""


def gdb_output(program, remote, script):
    """What gdb printed; as far as it came, when the limit ended it."""
    command = ["gdb", "-nx", "-q", "-batch", "-ex", "set debuginfod enabled off", "-ex", "set remotetimeout 30",
               "-ex", f"file {program}", "-ex", f"target remote {remote}"]
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(script)
        file.flush()
        try:
            ran = subprocess.run([*command, "-x", file.name], capture_output=True, text=True, timeout=LIMIT,
                                 stdin=subprocess.DEVNULL)
            return ran.stdout + ran.stderr, False
        except subprocess.TimeoutExpired as expired:
            return (expired.stdout or b"").decode(errors="replace"), True


def record_full(program, remote):
    """(instructions recorded a second, ms of the first reverse-stepi, following ones a second), or why not."""
    text, expired = gdb_output(program, remote, MEASURE_FULL)
    found = re.search(r"^MEASURED ([\d.]+) ([\d.]+) ([\d.]+)", text, re.MULTILINE)
    if found:
        return tuple(float(number) for number in found.groups())
    return f"hung for {LIMIT} s" if expired else text.strip().splitlines()[-1]


def measure_record_full():
    """{stub: what record_full() says}"""
    with qemu_gdbstub() as remote:
        results = {"QEMU's gdbstub": record_full(ELF, remote)}
    if shutil.which("gdbserver"):
        with host_program() as program, gdbserver(program) as remote:
            results["gdbserver"] = record_full(program, remote)
    return results


def qmp(path, *commands):
    """Says the commands to QEMU's machine monitor and waits for the answers."""
    wait_listening(path)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(path))
        lines = s.makefile("rw")
        lines.readline()
        for command in ("qmp_capabilities", *commands):
            lines.write(json.dumps({"execute": command}) + "\n")
            lines.flush()
            lines.readline()


def rr_command(directory, mode, *options):
    return ["qemu-system-x86_64", "-accel", "tcg", "-cpu", CPU, "-machine", "pc", "-m", "256", "-display", "none",
            "-monitor", "none", "-serial", "null", "-net", "none", "-no-reboot", "-kernel",
            str(GUESTS / "stepped.elf32"), "-drive", f"file={directory}/snapshot.qcow2,if=none,id=rr", "-icount",
            f"shift=0,rr={mode},rrfile={directory}/replay.bin,rrsnapshot=begin", *options]


def record_with_rr(directory, seconds):
    socket_path = pathlib.Path(directory) / "qmp"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", f"{directory}/snapshot.qcow2", "64M"], check=True)
    command = rr_command(directory, "record", "-qmp", f"unix:{socket_path},server=on,wait=off")
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as qemu:
        try:
            qemu.wait(seconds)
        except subprocess.TimeoutExpired:
            qmp(socket_path, "quit")
            try:
                qemu.wait(20)
            finally:
                qemu.kill()


def measure_rr():
    """[(command, ms)] as far as it came, and a word on how it ended."""
    if not shutil.which("qemu-img"):
        return [], "qemu-img is not installed (on Debian: apt-get install qemu-utils)"
    with tempfile.TemporaryDirectory() as directory:
        record_with_rr(directory, 3)
        path = pathlib.Path(directory) / "gdb"
        command = rr_command(directory, "replay", "-S", "-chardev",
                             f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb")
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as qemu:
            try:
                wait_listening(path)
                text, expired = gdb_output(ELF, path, MEASURE_REPLAY)
            finally:
                qemu.kill()
    done = [(name, float(ms)) for name, ms in re.findall(r"^MEASURED (\S+) ([\d.]+)", text, re.MULTILINE)]
    if expired:
        return done, f"then nothing for the rest of {LIMIT} s"
    return done, "" if len(done) == 3 else (text.strip().splitlines() or ["no answer"])[-1]


def print_others(full, rr):
    print("\nothers, in the guest `stepped`, with gdb 13")
    for stub, measured in full.items():
        print(f"  gdb's record full over {stub}: " + (
            measured if isinstance(measured, str) else f"{measured[0]:.0f} instructions/s while recording; "
            f"first reverse-stepi {measured[1]:.1f} ms, {measured[2]:.0f}/s after it"))
    done, ended = rr
    print("  QEMU's rr=replay: " + "; ".join([*(f"{name} {ms:.0f} ms" for name, ms in done), *([ended] if ended else [])]))
