# SPDX-License-Identifier: EPL-2.0
"""A recording made in one run replays in another QEMU, with other models of CPU, while the host has other work: the state at the end is
the recorded one."""
import contextlib
import multiprocessing
import os
import sqlite3

import pytest
from bridge import needs_bridge
from harness import CPU, PACE
from recording_command import Running, recorded, run
from rsp_client import RspClient

pytestmark = [pytest.mark.monitor, needs_bridge]

# Each has AMD-V with nested paging. The older ones lack what `max` has, of which these guests use nothing but what all have.
OLDER = ["EPYC,-rdrand,-rdseed", "Opteron_G3,+npt", "qemu64,+svm,+npt"]


def spin():
    while True:
        pass


@contextlib.contextmanager
def busy_host():
    """Twice as much to do as there are CPUs."""
    spinning = [multiprocessing.get_context("fork").Process(target=spin, daemon=True) for _ in range(2 * os.cpu_count())]
    for process in spinning:
        process.start()
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.join()


@pytest.fixture(scope="module", name="ticks")
def ticks_recording(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("elsewhere"), "ticks")


def mark(file):
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT instant, digest FROM mark").fetchone()
    finally:
        connection.close()


def end_of(tmp_path, file, *words):
    """(instant, digest) at the end of a replay, and what the command has said."""
    socket = tmp_path / "gdb.sock"
    with Running(tmp_path, "replay", str(file), "--at", "end", "--port", "0", "--listen-unix", str(socket), *words) as replay:
        replay.wait_for("target remote", 90)
        with RspClient(socket, pace=PACE) as rsp:
            rsp.seek("begin")
            end = rsp.seek("end")
            return (end, int(rsp.digest(), 16)), replay.text()


def test_the_end_is_the_recorded_one_on_a_busy_host(ticks):
    with busy_host():
        verified = run("verify", str(ticks), seconds=400)
    assert verified.returncode == 0, verified
    assert f"@{mark(ticks)[0]}: the state is the recorded one ({mark(ticks)[1]:x})" in verified.stdout


@pytest.mark.parametrize("model", OLDER)
def test_on_an_older_cpu_it_is_refused_or_replayed_at_ones_own_risk(tmp_path, ticks, model):
    refused = run("replay", str(ticks), "--port", "0", "--", "-cpu", model)
    assert refused.returncode == 1 and "this CPU lacks what the recorded one" in refused.stderr, refused
    end, said = end_of(tmp_path, ticks, "--any-cpu", "--", "-cpu", model)
    assert end == mark(ticks)
    assert "warning: this CPU lacks CPUID leaf" in said
