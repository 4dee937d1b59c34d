# SPDX-License-Identifier: EPL-2.0
"""The monitor's link is lost in the middle of a session, and comes back."""
import threading
import time

import pytest

from bridge import Bridge, needs_bridge
from harness import PACE, MonitoredGuest, wait_until
from relay import Relay
from rsp_client import RspClient
from serial_line import SerialLine

pytestmark = [pytest.mark.monitor, needs_bridge, pytest.mark.quiet]

AWAY = 5  # seconds
LATE = 10000  # rounds: some seconds of the guest


@pytest.fixture
def machine():
    with MonitoredGuest("calls", link="uart") as machine:
        yield machine


@pytest.fixture
def relay(machine, tmp_path):
    relay = Relay(machine, tmp_path / "relay.sock")
    yield relay
    relay.close()


def bridge_at(machine, relay, *options):
    return Bridge(machine, *options, address=["--unix", str(relay.path)])


def test_a_stopped_guest_is_where_it_was(machine, relay):
    with bridge_at(machine, relay) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
        for _ in range(5):
            rsp.step()
        here, now = rsp.why().rip, rsp.now()
        relay.away(AWAY)
        assert rsp.why().rip == here
        assert rsp.now() == now
        assert rsp.step().rip != here
        assert rsp.now() == now + 1


def wait_until_it_runs(rsp, machine):
    """Reads a counter of the guest's until it has another value."""
    look = f"m{machine.symbol('round'):x},8"
    first = rsp.exchange(look)
    wait_until(lambda: rsp.exchange(look) != first, 20, lambda: "the guest does not run")


def test_a_guest_that_runs_meanwhile_runs_on_and_can_be_stopped(machine, relay):
    with bridge_at(machine, relay) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
        rsp.resume("vCont;c")
        wait_until_it_runs(rsp, machine)  # before that the bridge cannot know, and stops it (decision 0009)
        relay.away(AWAY)
        bridge.wait_said("back")
        wait_until_it_runs(rsp, machine)
        assert rsp.interrupt().signal == 2


def test_a_stop_that_nobody_heard_is_told_when_the_link_is_back(machine, relay):
    with bridge_at(machine, relay) as bridge, bridge.gdb() as gdb:
        gdb.run(f"break inner if round == {LATE}")
        gdb.run_away()
        time.sleep(0.3)
        relay.cut()
        bridge.wait_said("waiting up to")
        assert gdb.running and bridge.said().count("back") == 0
        time.sleep(AWAY)
        relay.listen()
        gdb.wait_stopped(60)
        assert gdb.value("round") == LATE
        assert "inner (x=111)" in gdb.run("bt")


def test_steps_while_the_link_comes_and_goes_are_made_once(machine, relay):
    """Every step that is answered is one step: instants count them. One that is cut off on its way may have been made or not."""
    with bridge_at(machine, relay) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
        now = rsp.now()
        for _ in range(5):
            cutting = threading.Thread(target=relay.away, args=[0.5])
            cutting.start()
            cut_off = 0
            while cutting.is_alive():
                rsp.step()
                cut_off += 1
            cutting.join()
            then = rsp.now()
            assert now + cut_off - 1 <= then <= now + cut_off, f"{cut_off} steps"
            now = then


def test_a_link_that_does_not_come_back_ends_the_bridge_with_a_word(machine, relay):
    with bridge_at(machine, relay, "--reconnect", "2") as bridge, RspClient(bridge.socket, pace=PACE):
        relay.cut()
        wait_until(lambda: bridge.process.poll() is not None, 15, lambda: f"the bridge's end: {bridge.said()}")
        assert bridge.process.returncode == 5
        assert "lost, and not back within 2 s" in bridge.said()


def test_a_serial_device_that_is_unplugged_and_plugged_in_again(machine, tmp_path):
    device = tmp_path / "ttyUSB0"
    line = SerialLine(machine)
    line.start()
    device.symlink_to(line.path)
    with Bridge(machine, address=["--serial", str(device)]) as bridge, RspClient(bridge.socket, pace=PACE) as rsp:
        for _ in range(3):
            rsp.step()
        now = rsp.now()
        device.unlink()
        line.__exit__()
        time.sleep(AWAY)
        with SerialLine(machine) as again:
            device.symlink_to(again.path)
            bridge.wait_said("back")
            assert rsp.now() == now
            rsp.step()
            assert rsp.now() == now + 1
