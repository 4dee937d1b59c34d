# SPDX-License-Identifier: EPL-2.0
"""Random journeys between the guest's runs: after each, the live end is what it was.

Where a break-in falls is chance, so a seed does not repeat a failure; the printed trail says what was done.
"""
import random
import time

import pytest

from harness import MonitoredGuest
from recording import SEEDS, TORTURE_ROUNDS

pytestmark = pytest.mark.monitor

LONGEST_RUN_SECONDS = 0.05


class Torture:
    def __init__(self, machine, rsp, seed):
        self.machine, self.rsp = machine, rsp
        self.random = random.Random(seed)

    def say(self, what):
        print(f"@{self.rsp.now()}: {what}")

    def run_a_little(self):
        self.rsp.resume("c")
        time.sleep(self.random.uniform(0, LONGEST_RUN_SECONDS))
        stop = self.rsp.interrupt()
        assert stop.signal == 2, stop.where
        assert "panic" not in self.machine.printed(), self.machine.printed()

    def seek(self, where, instant):
        assert self.rsp.seek(where, 20) == instant, self.rsp.output

    def guest_has_ended(self):
        return ": done " in self.machine.printed()

    # ---- the journeys ----

    def seek_and_continue(self):
        end = self.rsp.state()
        instant = self.random.randint(self.rsp.status()["history"][0], end[0])
        self.say(f"seek @{instant}, continue")
        self.seek(instant, instant)
        self.continue_to(end)

    def continue_to(self, end):
        stop = self.rsp.go(20)
        assert stop.where == "replaylog:end", stop.text
        assert self.rsp.state() == end

    def step_back_and_seek_end(self):
        end = self.rsp.state()
        count = self.random.randint(1, 5)
        self.say(f"{count} steps back, seek end")
        for taken in range(1, count + 1):
            stop = self.rsp.step_back()
            assert (stop.where, self.rsp.now()) == ("T05 ", end[0] - taken), self.rsp.monitor("log")
        self.seek("end", end[0])
        assert self.rsp.state() == end

    def step_at_the_live_end(self):
        if self.guest_has_ended():
            return
        count = self.random.randint(1, 6)
        self.say(f"{count} steps at the live end")
        for _ in range(count):
            before = self.rsp.now()
            stop = self.rsp.step()
            assert stop.where == "T05 ", stop.text
            assert self.rsp.now() > before

    def seek_begin_and_end(self):
        end = self.rsp.state()
        self.say("seek begin, seek end")
        self.seek("begin", self.rsp.status()["history"][0])
        self.seek("end", end[0])
        assert self.rsp.state() == end

    def all_of_it(self):
        """From the beginning forwards, everything replayed and compared."""
        end = self.rsp.state()
        self.say("seek begin, continue")
        self.rsp.seek("begin", 20)
        self.continue_to(end)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", ["ticks", "apic", "fpu"])
def test_random_journeys_leave_the_live_end_as_it_was(name, seed):
    with MonitoredGuest(name) as machine, machine.rsp(acknowledge=False) as rsp:
        torture = Torture(machine, rsp, seed)
        journeys = [torture.seek_and_continue, torture.step_back_and_seek_end,
                    torture.step_at_the_live_end, torture.seek_begin_and_end]
        for _ in range(TORTURE_ROUNDS):
            torture.run_a_little()
            torture.random.choice(journeys)()
        torture.all_of_it()
