# SPDX-License-Identifier: EPL-2.0
"""Steps of the same gdb over the same simulated serial line, 115,200 baud, with and without the bridge."""
import time

from bridge import Bridge
from harness import MonitoredGuest
from serial_line import SerialLine

SECONDS = 4
WARM_UP = 20  # steps into the loop, whose code and stack are known then
COMMANDS = ["stepi", "stepi 20", "reverse-stepi", "next"]
STEPS = {"stepi 20": 20}


def rate(gdb, command):
    """Instructions a second (lines, for `next`), by commands one after another."""
    count, start = 0, time.monotonic()
    while time.monotonic() < start + SECONDS:
        gdb.run(command)
        count += STEPS.get(command, 1)
    return count / (time.monotonic() - start)


def prepare(gdb):
    gdb.run("break one_round")
    gdb.run("continue")
    gdb.run("info registers rip")
    gdb.run(f"stepi {WARM_UP}")


def rates(gdb):
    """{command: rate}: a breakpoint is in, as when somebody debugs."""
    prepare(gdb)
    result = {}
    for command in COMMANDS:
        if command == "next":
            gdb.run("monitor seek end")
            gdb.forget()
        result[command] = rate(gdb, command)
    return result


def measure_serial():
    """(without the bridge, with it)"""
    with MonitoredGuest("calls") as machine, SerialLine(machine) as line, machine.gdb(connect=False) as gdb:
        gdb.connect(line.path)
        bare = rates(gdb)
    with MonitoredGuest("calls") as machine, SerialLine(machine) as line, \
            Bridge(machine, address=["--serial", line.path]) as bridge, bridge.gdb() as gdb:
        return bare, rates(gdb)


def print_serial(bare, bridged):
    print(f"\n{'gdb 13 over 115,200 baud, a second':45}{'no bridge':>11}{'bridge':>9}{'ratio':>8}")
    for command in COMMANDS:
        print(f"{'  ' + command:45}{bare[command]:11.1f}{bridged[command]:9.1f}"
              f"{bridged[command] / bare[command]:8.1f}")
