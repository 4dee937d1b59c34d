# SPDX-License-Identifier: EPL-2.0
"""`retrovisor record` and its relatives, as a user gives them."""
import re
import signal
import sqlite3
import subprocess
import time

from bridge import JAVA
from harness import GUESTS, PACE, wait_until


class Running:
    """A command of ours in the background; its output, and a signal that ends it."""

    def __init__(self, tmp_path, *words):
        self.output = tmp_path / f"output-{time.monotonic_ns()}"
        # A shell's background jobs ignore Ctrl-C; this one must not.
        self.process = subprocess.Popen([*JAVA, *words], stdin=subprocess.DEVNULL, stdout=self.output.open("wb"),
                                        stderr=subprocess.STDOUT,
                                        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def text(self):
        return self.output.read_text(errors="replace")

    def wait_for(self, pattern, seconds=40):
        def look():
            found = re.search(pattern, self.text())
            assert found or self.process.poll() is None, self.text()
            return found
        return wait_until(look, seconds, lambda: f"'{pattern}' in {self.text()!r}")

    def wait_end(self, seconds=30):
        return self.process.wait(seconds * PACE)

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.wait_end()


def record(tmp_path, file, guest, *words):
    return Running(tmp_path, "record", str(file), "--guest", str(GUESTS / f"{guest}.elf"), "--port", "0", *words)


def record_whole(file, guest, *words):
    """Records a guest up to its end. Its console has a file of its own: in one with ours, lines would be torn."""
    console = file.with_suffix(".console")
    with record(file.parent, file, guest, "--console", f"file:{console}", *words) as recording:
        wait_until(lambda: console.exists() and re.search(r": done [0-9a-f]+\r?\n", console.read_text(errors="replace")),
                   60, lambda: f"the end of {guest}: {recording.text()!r}")
        recording.end()


def recorded(tmp_path, guest, *qemu):
    file = tmp_path / f"{guest}.retro"
    record_whole(file, guest, *(["--", *qemu] if qemu else []))
    return file


def run(*words, seconds=180):
    return subprocess.run([*JAVA, *words], capture_output=True, text=True, timeout=seconds * PACE, check=False)


def rows(file, question, *values):
    """What SQLite finds in a recording."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(question, values).fetchall()
    finally:
        connection.close()
