# SPDX-License-Identifier: EPL-2.0
"""A recording made in one run replays in another QEMU, with other models of CPU, while the host has other work: the state at the end is
the recorded one. RETROVISOR_TEST_MODELS=all: on all the models below."""
import contextlib
import multiprocessing
import os
import pathlib
import tempfile

import pytest
from bridge import Bridge, needs_bridge
from harness import CPU, PACE, MonitoredGuest
from recording_command import Running, recorded, rows, run
from rsp_client import RspClient

pytestmark = [pytest.mark.monitor, needs_bridge]

# Each has AMD-V with nested paging. The older ones lack what `max` has, of which these guests use nothing but what all have.
WITHOUT_XSAVE = "Opteron_G3,+npt"
OLDER = [WITHOUT_XSAVE, "EPYC,-rdrand,-rdseed", "qemu64,+svm,+npt"]
TRIED = OLDER if os.environ.get("RETROVISOR_TEST_MODELS") == "all" else OLDER[:1]


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
    return rows(file, "SELECT instant, digest FROM mark")[0]


def end_of(tmp_path, file, *words):
    """(instant, digest) at the end of a replay, and what the command has said."""
    with tempfile.TemporaryDirectory(prefix="retro-") as short, contextlib.ExitStack() as stack:  # a socket's path has a limit
        socket = pathlib.Path(short) / "gdb.sock"
        replay = stack.enter_context(Running(tmp_path, "replay", str(file), "--at", "end", "--port", "0", "--listen-unix", str(socket), *words))
        replay.wait_for("target remote", 90)
        rsp = stack.enter_context(RspClient(socket, pace=PACE))
        rsp.seek("begin")
        end = rsp.seek("end")
        return (end, int(rsp.digest(), 16)), replay.text()


def test_the_end_is_the_recorded_one_on_a_busy_host(ticks):
    with busy_host():
        verified = run("verify", str(ticks), seconds=400)
    assert verified.returncode == 0, verified
    assert f"@{mark(ticks)[0]}: the state is the recorded one ({mark(ticks)[1]:x})" in verified.stdout


@pytest.mark.parametrize("model", TRIED)
def test_on_an_older_cpu_it_is_refused_or_replayed_at_ones_own_risk(tmp_path, ticks, model):
    refused = run("replay", str(ticks), "--port", "0", "--", "-cpu", model)
    assert refused.returncode == 1 and "this CPU lacks what the recorded one" in refused.stderr, refused
    end, said = end_of(tmp_path, ticks, "--any-cpu", "--", "-cpu", model)
    assert end == mark(ticks)
    assert "warning: this CPU lacks CPUID leaf" in said


def test_recorded_on_an_older_cpu_it_replays_on_a_newer_one(tmp_path):
    file = recorded(tmp_path, "clocks", "-cpu", WITHOUT_XSAVE)
    end, said = end_of(tmp_path, file, "--", "-cpu", CPU)
    assert end == mark(file)
    assert "lacks" not in said


def test_floating_point_at_the_beginning_of_a_recording_is_kept_by_another_model(tmp_path):
    """The older CPU saves it by FXSAVE, the newer one loads it by XRSTOR, which has to be told that there is something."""
    file = tmp_path / "fpu.retro"
    with MonitoredGuest("fpu", record="off", link="virtio", options=["-cpu", WITHOUT_XSAVE]) as machine, \
            Bridge(machine, address=["--unix", str(machine.link)]) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
        rsp.go_to(machine.symbol("on_tick"))
        rsp.monitor("record on")
        with Running(tmp_path, "record", str(file), "--attach", str(bridge.socket)) as recording:
            recording.wait_for("records the session at")
            rsp.resume("vCont;c")
            machine.wait_printed("^fpu: done", 120)
            rsp.interrupt()
            recording.end()
    end, _ = end_of(tmp_path, file, "--", "-cpu", CPU)
    assert end == mark(file)
