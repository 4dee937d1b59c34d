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


LOW = 0x8000  # where guests/modes.c runs in real mode


def low(machine, name):
    return LOW + machine.symbol(name) - machine.symbol("real_start")


@pytest.mark.parametrize("record", ["off", "on"])
def test_hardware_breakpoint_in_real_mode(record):
    """In a debug register QEMU 7.2 would end at it."""
    with MonitoredGuest("modes", record=record) as machine, machine.rsp() as rsp:
        rsp.insert(0, machine.symbol("modes_copied"))
        rsp.go()
        rsp.remove(0, machine.symbol("modes_copied"))
        rsp.insert(0, low(machine, "real_call"))
        rsp.go()
        rsp.remove(0, low(machine, "real_call"))
        rsp.insert(1, low(machine, "real_call") + 3)
        for _ in range(2):
            stop = rsp.go()
            assert (stop.reason, stop.rip) == ("hwbreak", low(machine, "real_call") + 3)
            rsp.remove(1, stop.rip)
            rsp.step()
            rsp.insert(1, stop.rip)


@pytest.mark.parametrize("record", ["off", "on"])
def test_real_mode_is_debugged_by_linear_addresses(record):
    with MonitoredGuest("modes", record=record) as machine, machine.rsp() as rsp:
        assert rsp.why().rip == machine.symbol("modes_entry")
        rsp.insert(0, machine.symbol("modes_copied"))
        rsp.go()
        rsp.remove(0, machine.symbol("modes_copied"))
        rsp.insert(0, low(machine, "real_call"))
        stop = rsp.go()
        assert stop.reason == "swbreak"
        assert stop.rip == low(machine, "real_call")
        assert stop.registers[7] == LOW + 0x1000 - 2
        assert "real mode" in rsp.exchange("qXfer:threads:read::0,1000")
        raw = "\n".join(rsp.monitor("regs ip16 sp16 cs_base"))
        assert f"{stop.rip - LOW:016x}" in raw and f"{0x1000 - 2:016x}" in raw and f"{LOW:016x}" in raw
        rsp.remove(0, low(machine, "real_call"))
        for length in (3, 1):  # push imm16, pop dx
            assert rsp.step().rip == stop.rip + length
            stop = rsp.why()
        assert rsp.register(3) & 0xffff == 0x1234
        rsp.monitor("set linear-pc off")
        assert rsp.why().rip == stop.rip - LOW
        rsp.monitor("set linear-pc on")
        for name in ("protected_again", "entry", "guest_main"):
            rsp.insert(1, machine.symbol(name))
            stop = rsp.go()
            rsp.remove(1, machine.symbol(name))
            assert (stop.reason, stop.rip) == ("hwbreak", machine.symbol(name))
            rsp.step()
        rsp.resume("vCont;c")
        machine.wait_printed("^modes: done ")


def test_gdb_disassembles_boot_code_after_reconnecting():
    with MonitoredGuest("modes", record="off") as machine:
        with machine.gdb() as gdb:
            gdb.run("break *modes_copied")
            gdb.run("continue")
            gdb.run(f"break *{low(machine, 'real_call')}")
            assert "Breakpoint 2" in gdb.run("continue")
            gdb.monitor("set architecture i8086")
            gdb.run("disconnect")
        with machine.gdb(connect=False) as gdb:
            gdb.run("file")
            gdb.connect(machine.link)
            assert "i8086" in gdb.run("show architecture")
            code = gdb.run("x/3i $pc")
            assert "push" in code and "$0x1234" in code and "pop    %dx" in code and "ret" in code
            gdb.run("stepi")
            assert "pop" in gdb.run("x/i $pc")
            gdb.run(f"break *{machine.symbol('protected_again')}")
            gdb.run("continue")
            gdb.monitor("set architecture i386")
            gdb.run("disconnect")
        with machine.gdb(connect=False) as gdb:
            gdb.run("file")
            gdb.connect(machine.link)
            assert "mov    $0x10,%cx" in gdb.run("x/i $pc")
            gdb.run("stepi 5")
            assert gdb.value("$esp") == 0x7000
            gdb.monitor("set architecture x86-64")
            gdb.run("disconnect")
        with machine.gdb() as gdb:
            gdb.run("break guest_main")
            assert "guest_main" in gdb.run("continue")
