# SPDX-License-Identifier: EPL-2.0
"""Mutated packets: to the stub on this machine, coverage-guided, and to the monitor by its UART.

RETROVISOR_FUZZ_RUNS: sessions for the stub (30000 unless told; 1000000 for the full count).
RETROVISOR_FUZZ_PACKETS: packets for the monitor (1500 unless told; 20000 for the full count).
RETROVISOR_FUZZ_SEED: another seed makes other mutations; the same one makes the same again.
"""
import os
import random
import subprocess

import pytest

from harness import PACE, STUB_MONITOR, MonitoredGuest
from rsp_client import RspError

RUNS = int(os.environ.get("RETROVISOR_FUZZ_RUNS", "30000"))
PACKETS = int(os.environ.get("RETROVISOR_FUZZ_PACKETS", "1500"))
SEED = int(os.environ.get("RETROVISOR_FUZZ_SEED", "1"))
CORPUS = STUB_MONITOR / "tests" / "host" / "fuzz" / "corpus"
QUIET_SECONDS = 0.05
SILENCE_SECONDS = 1
LONGEST_ANSWER = 20
INTERESTING = [b"", b"0", b"ffffffffffffffff", b"80000000", b"7fffffffffffffff", b",", b";", b":",
               b"-1", b"1000000000000", b"100000", b"}", b"*", b"\x00", b"#", b"$", b"\x03"]


def test_the_stub_withstands_mutated_sessions():
    seconds = max(60, RUNS // 500)
    done = subprocess.run(["make", "fuzz", f"RUNS={RUNS}", f"FUZZ_SECONDS={seconds}",
                           f"FUZZ_SEED={SEED}"], cwd=STUB_MONITOR, capture_output=True,
                          text=True, errors="replace", timeout=(seconds + 240) * PACE)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "stat::number_of_executed_units" in done.stderr


class Mutator:
    """Packets of real sessions with something wrong in them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seeds = sorted({packet for path in CORPUS.iterdir()
                             for packet in path.read_bytes().split(b"\n") if packet})

    def packet(self):
        data = bytearray(self.random.choice(self.seeds))
        for _ in range(self.random.randrange(1, 5)):
            at = self.random.randrange(len(data) + 1)
            way = self.random.randrange(5)
            if way == 0:
                data[at:at + 1] = bytes([self.random.randrange(256)])
            elif way == 1:
                data[at:at] = self.random.choice(INTERESTING)
            elif way == 2:
                del data[at:at + self.random.randrange(1, 9)]
            elif way == 3:
                data[at:at + 1] = self.random.choice(b"0123456789abcdef,;:").to_bytes(1, "big")
            else:
                data[at:] = self.random.choice(self.seeds)[at:]
        return bytes(data)


def exchange(rsp, packet):
    """Until something answers: one that lets the guest run is ended by a break-in, half a one by `?`."""
    rsp.send(packet)
    for then in (b"\x03", b"\x03$?#3f", b"#00$?#3f", b"$?#3f"):
        try:
            return rsp.receive(QUIET_SECONDS / PACE)
        except RspError:
            rsp.send_raw(then)
    return rsp.receive(LONGEST_ANSWER)


def drain(rsp):
    """Answers still on their way: exchange() takes one, and what it sent may have had two."""
    rsp.send_raw(b"\x03")
    try:
        while True:
            rsp.receive(SILENCE_SECONDS)
    except RspError:
        pass


@pytest.mark.monitor
@pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])
def test_the_monitor_withstands_mutated_packets(record):
    mutator = Mutator(SEED)
    with MonitoredGuest("calls", record=record) as machine:
        with machine.rsp() as rsp:
            digest = rsp.monitor_digest()
            for number in range(PACKETS // 2):
                packet = mutator.packet()
                if packet[:1] in (b"k", b"D") or packet[:5] == b"vKill":
                    continue  # the answer to these is silence, and a guest that runs
                try:
                    exchange(rsp, packet)
                except RspError as error:
                    raise AssertionError(f"no answer after packet {number}: {packet!r}; "
                                         f"{machine.debug_output()[-500:]}") from error
            assert "PANIC" not in machine.debug_output()
            drain(rsp)
        with machine.rsp() as rsp:
            assert len(rsp.registers()) > 300
            assert rsp.status()["mode"]
            assert rsp.monitor_digest() == digest
            assert rsp.step().signal in (5, 6)  # the packets may have left it registers to fall with
