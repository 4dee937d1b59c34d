# SPDX-License-Identifier: EPL-2.0
"""Steps while interrupts wait: held off, or let in; and in code that is not 64-bit."""
import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor

EFLAGS = 17
IF = 1 << 9
STEPS = 60


def step_to_open_interrupts(machine, rsp):
    """Stops in the guest's main loop, an interrupt at 1 kHz, and lets one become pending."""
    rsp.insert(1, machine.symbol("interrupt_dispatch"))
    rsp.go()
    rsp.remove(1, machine.symbol("interrupt_dispatch"))
    while not rsp.register(EFLAGS) & IF:
        rsp.step()


def in_an_entry(machine, rip):
    return 0 <= rip - machine.symbol("interrupt_entries") < 256 * 16


@pytest.mark.parametrize("record", ["off", "on"])
def test_steps_fall_into_handlers_only_if_they_may(record):
    with MonitoredGuest("fpu", record=record) as machine, machine.rsp() as rsp:
        step_to_open_interrupts(machine, rsp)
        assert not any(in_an_entry(machine, rsp.step().rip) for _ in range(STEPS))
        rsp.monitor("set step-interrupts on")
        assert any(in_an_entry(machine, rsp.step().rip) for _ in range(STEPS))
        if record == "on":
            end = rsp.state()
            rsp.seek("begin")
            assert rsp.go(120).where == "replaylog:end"
            assert rsp.state() == end
        rsp.resume("vCont;c")
        machine.wait_printed("^fpu: done ", 120)
