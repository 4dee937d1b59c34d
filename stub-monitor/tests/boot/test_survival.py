# SPDX-License-Identifier: EPL-2.0
"""Recordings of a guest that runs, broken off at random moments: the bridge or QEMU is killed, or the disk is full. The file opens, what
was committed is there, at most the last 100 ms are gone, and the replay holds. RETROVISOR_TEST_KILLS (3): moments of each kind;
RETROVISOR_TEST_SEED chooses them."""
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from typing import NamedTuple

import pytest
from beacon import Watch, recorded_bytes
from bridge import needs_bridge
from harness import PACE, wait_until
from recording_command import record, rows, run

SEED = int(os.environ.get("RETROVISOR_TEST_SEED", str(random.randrange(1 << 32))))
KILLS = int(os.environ.get("RETROVISOR_TEST_KILLS", "3"))

LATEST = 3.0       # seconds that the guest has run at the latest moment
SOON = (0.13, 0.2)
LOST = 0.1         # seconds that may be gone
WINDOW = 0.5       # seconds before the moment, in which it is looked how busy the host is
WAKES = 5          # threads and processes on the way from the guest to the file, each of which may have to wait for its turn
DISK_BYTES = 16 << 20
PAGE = 4096
PIECES = "SELECT events, bytes, last_instant FROM chunk ORDER BY id"

pytestmark = [pytest.mark.monitor, needs_bridge, pytest.mark.quiet]


def committed_events(file):
    """What another program finds in the file now."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM event_row").fetchone()[0]
    finally:
        connection.close()


class BrokenOff(NamedTuple):
    moment: float    # when it was
    committed: int   # events that another program had found in the file before


def kill_bridge(recording, file, _):
    committed, moment = committed_events(file), time.monotonic()
    recording.process.send_signal(signal.SIGKILL)
    recording.wait_end()
    return BrokenOff(moment, committed)


def kill_qemu(recording, file, _):
    qemu = int(recording.wait_for(r"QEMU is process (\d+)")[1])
    committed, moment = committed_events(file), time.monotonic()
    os.kill(qemu, signal.SIGKILL)
    assert recording.wait_end() == 1, recording.text()
    return BrokenOff(moment, committed)


def fill_disk(recording, file, disk):
    """The moment is when the recording says that it cannot go on."""
    committed = committed_events(file)
    disk.fill()
    recording.wait_for(r"cannot be written.*what had come by then is there")
    moment = time.monotonic()
    recording.end()
    return BrokenOff(moment, committed)


class SmallDisk:
    """A file system of some megabytes, in memory."""

    def __init__(self, path):
        self.path = path
        self.ballast = path / "ballast"

    def fill(self):
        with self.ballast.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(bytes(PAGE))

    def empty(self):
        self.ballast.unlink()


@contextlib.contextmanager
def small_disk(path):
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(path)],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system of our own can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", str(path)], check=True)
        path.rmdir()


def check(file, watch, broken, what):
    """Our program is the first to open it after the crash."""
    verified = run("verify", str(file))
    assert verified.returncode == 0, (what, verified)
    assert "the replay holds up to @" in verified.stdout, (what, verified)
    assert committed_events(file) >= broken.committed, what
    sent, recorded = watch.bytes(), recorded_bytes(file)
    assert sent.startswith(recorded), (what, len(sent), len(recorded))
    lost = watch.age_of(len(recorded), broken.moment)
    share, stall = watch.share(broken.moment, WINDOW), watch.stall(broken.moment, WINDOW)
    print(f"{what}: {1000 * lost:.1f} ms are gone, {len(recorded)} of {len(sent)} bytes are there "
          f"(threads that wanted each CPU: {share:.1f}; a wait for a turn: {1000 * stall:.1f} ms)")
    assert lost <= LOST * PACE * share + WAKES * stall, (what, watch.seen[:5], broken, rows(file, PIECES)[-20:])


def break_off(tmp_path, folder, chance, number, how, disk=None, modes=("steady", "flood"), moments=(0, LATEST)):
    mode, seconds = chance.choice(modes), chance.uniform(*moments)
    what = f"seed {SEED}, {how.__name__} {number}, {mode} after {seconds:.3f} s"
    file = folder / f"{number}.retro"
    with Watch(tmp_path / f"beacon-{number}") as watch, \
            record(tmp_path, file, "beacon", "--memory", "64", "--append", mode, "--", *watch.device()) as recording:
        wait_until(lambda: watch.count() > 0, 60, lambda: f"the guest's first byte ({recording.text()})")
        time.sleep(seconds)
        broken = how(recording, file, disk)
        time.sleep(0.01)  # the last look
        check(file, watch, broken, what)
        if disk:  # and once more, where there is room
            disk.empty()
            check(file, watch, broken, what + ", emptied")


@pytest.mark.parametrize("how", [kill_bridge, kill_qemu])
def test_killed_at_random_moments_at_most_100_ms_are_gone(tmp_path, how):
    chance = random.Random(f"{SEED} {how.__name__}")
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        break_off(tmp_path, folder, chance, number, how)
        shutil.rmtree(folder)


def test_killed_soon_after_its_guest_began_at_most_100_ms_are_gone(tmp_path):
    """When Java had not met the way to the file before, the first commits took longer than that."""
    chance = random.Random(f"{SEED} soon")
    for number in range(KILLS):
        break_off(tmp_path, tmp_path, chance, number, kill_bridge, modes=["flood"], moments=SOON)


def test_on_a_disk_that_is_full_at_a_random_moment_at_most_100_ms_are_gone(tmp_path):
    chance = random.Random(f"{SEED} full")
    for number in range(KILLS):
        with small_disk(tmp_path / str(number)) as disk:
            break_off(tmp_path, disk.path, chance, number, fill_disk, disk)
