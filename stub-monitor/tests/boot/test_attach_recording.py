# SPDX-License-Identifier: EPL-2.0
"""`record --attach`: a session with a debugger in it goes into a file while it goes on."""
import re
import signal

import pytest
from bridge import Bridge, needs_bridge
from harness import PACE, MonitoredGuest
from recording_command import Running, rows, run
from relay import Relay
from rsp_client import RspClient

pytestmark = [pytest.mark.monitor, needs_bridge]

RECORDS = "records the session at"


def attach(tmp_path, file, bridge, *words):
    return Running(tmp_path, "record", str(file), "--attach", str(bridge.socket), *words)


def bridge_of(machine):
    return Bridge(machine, str(machine.symbols_from), address=["--unix", str(machine.link)])


def verified(file):
    """What `verify` says; it holds, and no part is missing."""
    done = run("verify", str(file))
    assert done.returncode == 0, done
    assert "the replay holds up to @" in done.stdout and "missing" not in done.stdout, done
    return done.stdout


def marks(file):
    return rows(file, "SELECT instant, digest FROM mark")


def test_a_guest_that_runs_is_recorded_from_the_beginning_of_history_to_ctrl_c(tmp_path):
    file = tmp_path / "a.retro"
    with MonitoredGuest("beacon", "stop", link="virtio") as machine, bridge_of(machine) as bridge, \
            RspClient(bridge.socket, pace=PACE) as rsp:
        rsp.resume("vCont;c")
        machine.wait_printed("^beacon: ready")
        with attach(tmp_path, file, bridge) as recording:
            recording.wait_for(RECORDS)
            machine.wait_printed("^beacon: done", 120)
            recording.end()
            assert rsp.interrupt().signal == 2  # the session goes on, and its debugger is in control
            history = rsp.status()["history"]
            end = rsp.state()
        assert rsp.step_back().rip
        rsp.seek("end")
        assert rsp.state() == end
    assert "the state is the recorded one" in verified(file)
    assert history[0] == 0 and marks(file)[0][0] <= history[1]
    facts = dict(rows(file, "SELECT name, value FROM recording"))
    assert facts["symbols"].endswith("beacon.elf") and "ended" not in facts


def test_steps_journeys_and_writes_of_the_debugger_are_what_they_were(tmp_path):
    """The recorder asks all the time; each step is one step, and what the debugger writes is recorded."""
    file = tmp_path / "a.retro"
    with MonitoredGuest("ticks", link="virtio") as machine, bridge_of(machine) as bridge:
        with attach(tmp_path, file, bridge) as recording:
            recording.wait_for(RECORDS)
            with RspClient(bridge.socket, pace=PACE) as rsp:  # in control, though the recorder was there first
                now = rsp.now()
                for step in range(1, 41):
                    rsp.step()
                    assert rsp.now() == now + step
                for step in range(1, 21):
                    assert rsp.step_back().rip
                    assert rsp.now() == now + 40 - step
                rsp.seek("end")
                rsp.write(8 << 20, b"\x5a" * 16)
                rsp.resume("vCont;c")
                machine.wait_printed("^ticks: done", 120)
                rsp.interrupt()
                end = rsp.state()
                recording.end()
                assert marks(file) == [(end[0], int(end[2], 16))]
    assert "the state is the recorded one" in verified(file)
    writes = rows(file, "SELECT address, data FROM event WHERE kind LIKE 'debugger%'")
    assert (8 << 20, b"\x5a" * 16) in writes


def test_the_recording_ends_with_the_session(tmp_path):
    file = tmp_path / "a.retro"
    with MonitoredGuest("calls", link="virtio") as machine, bridge_of(machine) as bridge, \
            RspClient(bridge.socket, pace=PACE) as rsp, attach(tmp_path, file, bridge) as recording:
        recording.wait_for(RECORDS)
        rsp.resume("vCont;c")
        machine.wait_printed("^calls: done", 60)
        bridge.process.send_signal(signal.SIGKILL)
        assert recording.wait_end() == 5
        assert "ends with the session" in recording.text()
    assert [path.name for path in tmp_path.glob("a.retro*")] == ["a.retro"]
    assert re.search(r"replay holds up to @(\d+)", verified(file))


def test_a_history_whose_beginning_moves_is_recorded_once_the_guest_is_stopped(tmp_path):
    """The monitor has room for a moment, and memory takes longer: no file. The recording then begins in the middle of the guest's run."""
    file = tmp_path / "a.retro"
    with MonitoredGuest("beacon", "flood", link="virtio", memory=64, log=1) as machine:
        relay = Relay(machine, tmp_path / "relay.sock", bytes_per_second=100000)
        with Bridge(machine, address=["--unix", str(relay.path)]) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
            rsp.resume("vCont;c")
            machine.wait_printed("^beacon: ready")
            moving = run("record", str(file), "--attach", str(bridge.socket))
            assert (moving.returncode, "stop the guest in the debugger" in moving.stderr) == (1, True), moving
            assert not file.exists()
            relay.bytes_per_second = 0
            rsp.interrupt(30)
            begin, end = rsp.status()["history"]
            assert begin > 0
            with attach(tmp_path, file, bridge) as recording:
                recording.wait_for(RECORDS)
                recording.end()
        relay.close()
    assert f"@{begin} to @{end}" in verified(file)
    assert marks(file)[0][0] == end


def test_what_cannot_be_recorded_is_said_and_leaves_no_file(tmp_path):
    file = tmp_path / "a.retro"
    with MonitoredGuest("calls", record="off", link="virtio") as machine, bridge_of(machine) as bridge:
        live = run("record", str(file), "--attach", str(bridge.socket))
        assert (live.returncode, "records nothing" in live.stderr, "monitor record on" in live.stderr) == (1, True, True)
        with RspClient(bridge.socket, pace=PACE) as rsp:  # nobody was in control
            rsp.monitor("record on")
            with attach(tmp_path, file, bridge) as recording:
                recording.wait_for(RECORDS)
                rsp.monitor("record off")
                assert recording.wait_end() == 1
                assert "gives no log" in recording.text() or "began anew" in recording.text()
            assert "replay holds" in verified(file)
    nobody = run("record", str(tmp_path / "b.retro"), "--attach", str(tmp_path / "none.sock"))
    assert nobody.returncode == 5, nobody
    twice = run("record", str(tmp_path / "b.retro"), "--attach", "1234", "--guest", "x.elf")
    assert (twice.returncode, "--guest: not with --attach" in twice.stderr) == (2, True), twice
    wrong = run("record", str(tmp_path / "b.retro"), "--attach", "nowhere")
    assert (wrong.returncode, "expected: PORT, HOST:PORT" in wrong.stderr) == (2, True), wrong
    assert not (tmp_path / "b.retro").exists()
