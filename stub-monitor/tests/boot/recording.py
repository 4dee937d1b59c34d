# SPDX-License-Identifier: EPL-2.0
"""A finished recording of a guest, and how much of the long tests to do."""
import contextlib
import os

from harness import MonitoredGuest, packetd_network, run_to_done, udp_port

REPLAYS = int(os.environ.get("RETROVISOR_TEST_REPLAYS", "20"))
SEEKS = int(os.environ.get("RETROVISOR_TEST_SEEKS", "100"))
PLACES = int(os.environ.get("RETROVISOR_TEST_PLACES", "5"))
STEPS = int(os.environ.get("RETROVISOR_TEST_STEPS", "200"))
SEEDS = int(os.environ.get("RETROVISOR_TEST_SEEDS", "3"))
TORTURE_ROUNDS = int(os.environ.get("RETROVISOR_TEST_ROUNDS", "25"))

# Each records itself from power-on to its last line.
RECORDED = ["hello", "ports", "clocks", "ticks", "apic", "faults", "pages", "fpu", "debugregs",
            "svmprobe", "control", "nmis", "faraway", "modes"]


@contextlib.contextmanager
def recorded(name, **options):
    """(machine, rsp): the guest has printed its last line and is stopped at the live end."""
    with MonitoredGuest(name, **options) as machine, machine.rsp() as rsp:
        run_to_done(machine, rsp)
        yield machine, rsp


def packetd_machine():
    """(machine, port): packetd under the recording monitor, its network card connected."""
    port = udp_port()
    return MonitoredGuest("packetd", options=packetd_network(port)), port
