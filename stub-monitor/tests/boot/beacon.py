# SPDX-License-Identifier: EPL-2.0
"""The guest `beacon`, watched from outside: when did the host see what, and how much of it does a recording hold?"""
import os
import pathlib
import threading
import time

from recording_command import rows

PORT = 0x4f0
LOAD = pathlib.Path("/proc/loadavg")


class Watch:
    """Looks each millisecond how many bytes the guest has sent, until it is left."""

    def __init__(self, path):
        self.path = path
        self.seen = []     # (when, so many bytes are there), at each change
        self.looks = []    # (when it looked, how many threads of the host could run or did)
        self.leaving = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def device(self):
        """QEMU's options: the port's bytes go into the file."""
        return ["-chardev", f"file,id=beacon,path={self.path}", "-device", f"isa-debugcon,iobase={PORT},chardev=beacon"]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.leaving.set()
        self.thread.join()

    def _look(self):
        last = 0
        while not self.leaving.wait(0.001):
            count = self.count()
            now = time.monotonic()
            self.looks.append((now, int(LOAD.read_text().split()[3].split("/")[0])))
            if count != last:
                self.seen.append((now, count))
                last = count

    def count(self):
        return self.path.stat().st_size if self.path.exists() else 0

    def bytes(self):
        return self.path.read_bytes()

    def age_of(self, index, moment):
        """How many seconds before `moment` the byte with that index was there; 0 if it was not."""
        when = next((when for when, count in self.seen if count > index), moment)
        return max(0.0, moment - when)

    def stall(self, before, seconds):
        """The longest time, in the last seconds before a moment, in which this thread did not get to look."""
        looks = [look for look, _ in self.looks if before - seconds <= look <= before]
        return max((b - a for a, b in zip(looks, looks[1:])), default=seconds)

    def share(self, before, seconds):
        """How many threads wanted each CPU of the host, on average; at least 1: so much longer did everything take."""
        running = [count for look, count in self.looks if before - seconds <= look <= before]
        return max(1.0, sum(running) / max(1, len(running)) / os.cpu_count())


def recorded_bytes(file):
    """What the recording says that the guest has sent, in order."""
    return bytes(value for value, in rows(
        file, "SELECT value FROM event WHERE kind = 'port write' AND address = ? ORDER BY id", PORT))
