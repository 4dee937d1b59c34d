# SPDX-License-Identifier: EPL-2.0
"""Real gdb, driven through its machine interface, speaking its console language.

    gdb.run("break inner"), gdb.run("continue"), gdb.run("bt")    each returns what gdb printed

run() waits for the stop when the command lets the guest go. Every wait has an end.
"""
import os
import re
import select
import signal
import subprocess
import time


class GdbError(AssertionError):
    """gdb refused a command, or did not answer in time."""


class Gdb:
    def __init__(self, elf, pace=1.0):
        self.pace = pace
        self.buffer = b""
        self.transcript = ""
        self.running = False
        self.process = subprocess.Popen(
            ["gdb", "-q", "-nx", "--interpreter=mi3", *([str(elf)] if elf else [])], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self._read_until(lambda line: line.startswith("(gdb)"), 30)
        for setting in ("pagination off", "confirm off", "width 0", "remotetimeout 20",
                        "debuginfod enabled off", "print address on"):
            self.run(f"set {setting}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def connect(self, path):
        return self.run(f"target remote {path}", 60)

    # ---- lines ----

    def _line(self, deadline):
        while b"\n" not in self.buffer:
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            if not ready:
                raise GdbError(f"gdb is silent; so far: {self.transcript[-600:]}")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise GdbError(f"gdb ended: {self.transcript[-600:]}")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def _read_until(self, wanted, seconds):
        """Reads lines until one is wanted; returns what gdb printed meanwhile, and that line."""
        deadline = time.monotonic() + seconds * self.pace
        printed = ""
        while True:
            line = self._line(deadline)
            self._note(line)
            if line[:1] in "~@&":
                printed += unquote(line[1:])
            if wanted(line):
                self.transcript += printed
                return printed, line

    def _note(self, line):
        if line.startswith("*running"):
            self.running = True
        elif line.startswith("*stopped"):
            self.running = False

    # ---- commands ----

    def start(self, command):
        """Gives a command; returns what it printed until gdb took it, the guest may be running."""
        quoted = command.replace("\\", "\\\\").replace('"', '\\"')
        self.transcript += f"(gdb) {command}\n"
        self.process.stdin.write(f'-interpreter-exec console "{quoted}"\n'.encode())
        self.process.stdin.flush()

    def finish(self, command, seconds):
        printed, line = self._read_until(lambda text: text.startswith("^"), seconds)
        if line.startswith("^error"):
            raise GdbError(f"{command}: {line}")
        if line.startswith("^running"):
            self.running = True
        return printed

    def run(self, command, seconds=30):
        """Gives a command and returns what gdb printed, up to the stop if the guest ran."""
        self.start(command)
        printed = self.finish(command, seconds)
        while self.running:
            printed += self._read_until(lambda text: text.startswith("*stopped"), seconds)[0]
        return printed

    def run_away(self, command="continue"):
        """Lets the guest run and does not wait for its stop."""
        self.start(command)
        self.finish(command, 10)

    def wait_stopped(self, seconds):
        """After run_away: waits for the guest to stop by itself."""
        return self._read_until(lambda text: text.startswith("*stopped"), seconds)[0]

    def interrupt(self, seconds=10):
        """What ^C does."""
        self.process.send_signal(signal.SIGINT)
        return self._read_until(lambda text: text.startswith("*stopped"), seconds)[0]

    def value(self, expression):
        """The value of an integer expression."""
        text = self.run(f"output/d {expression}")
        return int(re.search(r"-?\d+\s*$", text).group(0))

    def monitor(self, command):
        return self.run(f"monitor {command}", 120)

    def forget(self):
        """After `monitor seek`: gdb's copies of the state are old."""
        self.run("maint flush register-cache")
        self.run("maint flush dcache")


def unquote(text):
    """A C string of the machine interface as text."""
    body = text.strip()[1:-1]
    simple = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": ""}
    return re.sub(r"\\(.)", lambda m: simple.get(m.group(1), m.group(0)), body)
