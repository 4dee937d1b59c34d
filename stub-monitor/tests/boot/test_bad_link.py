# SPDX-License-Identifier: EPL-2.0
"""Recording over a link that loses, damages and repeats bytes, stalls, is lost for seconds, or is slower than the log: the recording is
complete, or says what is missing."""
import os
import signal
import time

import pytest
from beacon import Watch, recorded_bytes
from bridge import Bridge, needs_bridge
from harness import PACE, MonitoredGuest, wait_until
from recording_command import Running, record, rows, run
from relay import Relay
from rsp_client import RspClient
from serial_line import SerialLine

pytestmark = [pytest.mark.monitor, needs_bridge]

SEED = int(os.environ.get("RETROVISOR_TEST_SEED", "1"))
STALL = 3          # seconds
AWAY = 5           # seconds
FLOOD_PORT = 0x80
FLOOD_END = 60000  # as in guests/beacon.c
EVENT_BYTES = 48   # of a port write, in the log (docs/spec/trace-format.md)


def recorder(tmp_path, file, bridge):
    recording = Running(tmp_path, "record", str(file), "--attach", str(bridge.socket))
    recording.wait_for("records the session at", 120)
    return recording


def check_complete(file, watch):
    """All that the guest has sent is there, nothing is missing, and the state at the end is the recorded one."""
    assert recorded_bytes(file) == watch.bytes()
    verified = run("verify", str(file))
    assert verified.returncode == 0, verified
    assert "the state is the recorded one" in verified.stdout and "missing" not in verified.stdout, verified


def while_it_runs(rsp, watch, trouble):
    """The guest sends before, during and after the trouble. (A resume that is lost itself is answered by where the guest stands.)"""
    stood_at = watch.count()
    rsp.resume("vCont;c")
    wait_until(lambda: watch.count() > stood_at, 30, lambda: "the guest's first byte")
    trouble()
    after = watch.count()
    wait_until(lambda: watch.count() > after + 100, 30, lambda: "the guest goes on")


@pytest.mark.quiet
def test_a_link_that_stalls_and_is_lost_for_seconds_leaves_a_complete_recording(tmp_path):
    file = tmp_path / "a.retro"
    with Watch(tmp_path / "beacon") as watch, \
            MonitoredGuest("beacon", options=watch.device(), link="virtio", memory=64, log=24) as machine:
        relay = Relay(machine, tmp_path / "relay.sock")
        with Bridge(machine, address=["--unix", str(relay.path)]) as bridge, RspClient(bridge.socket, pace=PACE) as rsp, \
                recorder(tmp_path, file, bridge) as recording:
            while_it_runs(rsp, watch, lambda: relay.stall(STALL))
            assert rsp.interrupt().signal == 2
            while_it_runs(rsp, watch, lambda: relay.away(AWAY))
            bridge.wait_said("back")
            assert rsp.interrupt().signal == 2
            assert recording.end() == 130, recording.text()
        relay.close()
    check_complete(file, watch)


def test_a_machine_that_stands_still_for_seconds_leaves_a_complete_recording(tmp_path):
    file = tmp_path / "a.retro"
    with Watch(tmp_path / "beacon") as watch, \
            record(tmp_path, file, "beacon", "--memory", "64", "--", *watch.device()) as recording:
        qemu = int(recording.wait_for(r"QEMU is process (\d+)")[1])
        wait_until(lambda: watch.count() > 0, 60, lambda: recording.text())
        os.kill(qemu, signal.SIGSTOP)
        time.sleep(STALL)
        os.kill(qemu, signal.SIGCONT)
        before = watch.count()
        wait_until(lambda: watch.count() > before + 100, 30, lambda: "the guest goes on")
        recording.end()
    verified = run("verify", str(file))
    assert "the state is the recorded one" in verified.stdout, verified
    recorded, sent = recorded_bytes(file), watch.bytes()
    assert len(recorded) > before + 100 and sent.startswith(recorded)


def test_a_line_that_harms_one_byte_in_a_hundred_leaves_a_complete_recording(tmp_path):
    """Lost, flipped and doubled bytes, both ways. On a line that loses bytes the log comes while the guest is stopped."""
    file = tmp_path / "a.retro"
    with Watch(tmp_path / "beacon") as watch, \
            MonitoredGuest("beacon", options=watch.device(), memory=64, log=24) as machine, \
            SerialLine(machine, baud=2000000, seed=SEED, repeats=True) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge, RspClient(bridge.socket, pace=3 * PACE) as rsp, \
            recorder(tmp_path, file, bridge) as recording:
        line.odds = 0.01
        for wanted in (20, 40):
            rsp.resume("vCont;c")
            wait_until(lambda: watch.count() >= wanted, 60, lambda: f"{wanted} bytes of the guest's")
            assert rsp.interrupt(30).signal == 2
        recording.process.send_signal(signal.SIGINT)
        recording.wait_end(90)
        assert line.harmed > 20
    check_complete(file, watch)


def flood_values(file):
    return [value for value, in rows(
        file, "SELECT value FROM event WHERE kind = 'port write' AND address = ? ORDER BY id", FLOOD_PORT)]


def gaps(file):
    return rows(file, "SELECT position, bytes, after_instant FROM gap ORDER BY position")


def test_a_link_slower_than_the_log_leaves_a_recording_that_says_which_stretch_is_missing(tmp_path):
    file = tmp_path / "a.retro"
    with MonitoredGuest("beacon", "stop", link="virtio", memory=64, log=1) as machine:
        relay = Relay(machine, tmp_path / "relay.sock")
        with Bridge(machine, address=["--unix", str(relay.path)]) as bridge, RspClient(bridge.socket, pace=PACE) as rsp, \
                recorder(tmp_path, file, bridge) as recording:
            relay.bytes_per_second = 50000
            rsp.resume("vCont;c")
            machine.wait_printed("^beacon: done", 240)
            relay.bytes_per_second = 0
            assert rsp.interrupt(60).signal == 2
            recording.end()
            assert "slower than the log" in recording.text()
        relay.close()
    check_gaps(flood_values(file), gaps(file))
    verified = run("verify", str(file))
    assert verified.returncode == 0, verified
    first = gaps(file)[0]
    assert f"after @{first[2]} {first[1]} bytes of the log are missing" in verified.stdout
    assert f"the replay holds up to @{first[2]} " in verified.stdout
    assert run("info", str(file)).stdout.count("missing") >= 1


def check_gaps(values, missing):
    """The counter runs from 0 to its end, but for one jump at each gap, whose bytes are those of the events that are not there."""
    jumps = [after - before - 1 for before, after in zip(values, values[1:]) if after != before + 1]
    assert (values[0], values[-1]) == (0, FLOOD_END - 1)
    assert jumps and len(jumps) == len(missing), (jumps, missing)
    for count, (_, size, _) in zip(jumps, missing):
        assert size % EVENT_BYTES == 0
        assert count <= size // EVENT_BYTES <= 2 * count + 100, "but for the timer's events, nothing else happens"
