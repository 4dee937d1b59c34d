# SPDX-License-Identifier: EPL-2.0
"""Random packets to the stub, each answer compared with that of a reference model (rsp_model.py).

RETROVISOR_TEST_SEED chooses the sequence; by default each run has another one. RETROVISOR_TEST_COMMANDS (1000)
says how many packets each case sends. Each packet has a seed of its own, so that a failing sequence can be shortened by leaving packets out: with
RETROVISOR_TEST_SHRINK=1 the shortest one that was found is printed.
"""
import contextlib
import os
import random
import re
import struct

import pytest

from harness import MonitoredGuest
from model_guest import (AT, ARITHMETIC, CODE, COUNT_AT, DATA, IMMEDIATE_AT, PLACES, PROGRAM, SIZE, STACK, SUM_AT, State)
from rsp_model import OFFSETS, RUNNING, SIZES, Model, little

pytestmark = pytest.mark.monitor

SEED = int(os.environ.get("RETROVISOR_TEST_SEED", random.SystemRandom().randrange(1_000_000)))
COMMANDS = int(os.environ.get("RETROVISOR_TEST_COMMANDS", "1000"))
SHRINK_RUNS = 40 if os.environ.get("RETROVISOR_TEST_SHRINK") else 0

STOPPABLE = [offset for offset, (name, _) in PLACES.items() if name != "spin"]
OUTSIDE_FUNCTION = [offset for offset in STOPPABLE if offset < AT["spin"]]
BAD_ADDRESSES = (0xfee00000, 1 << 32, 0xffff800000000000)
BAD_NUMBERS = ("", "g", "-1", "10000000000000000")
FREE_REGISTERS = (0, 1, 3, *range(8, 16), *range(24, 32), *range(40, 56))  # any value will do
RAX_OF_GDB, RCX_OF_GDB, RSI_OF_GDB, RDI_OF_GDB, RSP_OF_GDB, RIP_OF_GDB, FLAGS_OF_GDB = 0, 2, 4, 5, 7, 16, 17


class Sequence:
    """A guest with the program in it, a connection to it, and the model of both."""

    def __init__(self, rsp, base, recording):
        self.rsp, self.base = rsp, base
        generator = random.Random(0)
        memory = bytearray(generator.randbytes(SIZE))
        memory[CODE:CODE + len(PROGRAM)] = PROGRAM
        for at in range(0, SIZE, 0x400):
            rsp.write(base + at, memory[at:at + 0x400])
        for register, value in {RIP_OF_GDB: CODE, RDI_OF_GDB: DATA, RSP_OF_GDB: STACK}.items():
            self.set_up(register, base + value)
        self.set_up(RCX_OF_GDB, 40)
        self.set_up(RSI_OF_GDB, 0)
        description = rsp.exchange("qXfer:features:read:target.xml:0,2800")
        part = rsp.exchange("qXfer:features:read:target.xml:2800,2800")
        assert description[0] == "m" and part[0] == "l"
        threads = rsp.exchange("qXfer:threads:read::0,800")
        if recording:
            rsp.monitor("record on")
        registers = bytearray.fromhex(rsp.registers())
        assert len(registers) == sum(SIZES)
        assert not struct.unpack_from("<I", registers, OFFSETS[FLAGS_OF_GDB])[0] & 0x200, "interrupts are on"
        self.model = Model(State(base, registers, memory), recording, description[1:] + part[1:],
                           re.search('name="CPU 0">(.*)</thread>', threads)[1], rsp.exchange("p71"))
        self.model.stop = "05hwbreak:;"

    def set_up(self, register, value):
        assert self.rsp.exchange(f"P{register:x}={little(value)}") == "OK"

    def perform(self, random_numbers, sent):
        """One packet, appended to `sent`, and the model's word on it; AssertionError where they differ."""
        packet = generate(random_numbers, self.model)
        shown = packet.decode("latin-1")
        sent.append(shown)
        if packet == b"\x03":  # the guest is stopped: nothing happens
            self.rsp.send_raw(packet)
        elif shown.startswith("monitor "):
            self.monitor(shown.removeprefix("monitor "))
        else:
            self.exchange(packet, self.model.answer(shown))

    def exchange(self, packet, expected):
        self.rsp.send(escape(packet))
        if expected is RUNNING:
            self.rsp.send_raw(b"\x03")
        answer = self.rsp.receive()
        if expected is RUNNING:
            expected = self.broke_in()
        assert answer == expected, f"{self.model.mode} @{self.model.now}: {difference(answer, expected)}"

    def broke_in(self):
        if self.model.mode == "live":
            return self.model.broke_in(None, bytes.fromhex(self.rsp.registers()))
        return self.model.broke_in(self.rsp.now(), None)

    def monitor(self, command):
        lines = self.rsp.monitor(command)
        word = command.partition(" ")[2]
        expected = self.model.status_text() if command == "status" else self.model.seek_text(word)
        assert [line for line in expected if line not in lines] == [], f"monitor {command}: {lines}, not {expected}"

    def compare_all(self):
        """Registers, memory and instant at the end of a sequence."""
        assert bytes.fromhex(self.rsp.registers()) == self.model.state.registers
        assert self.rsp.read(self.base, 0x2000) == self.model.state.memory[:0x2000]
        self.monitor("status")


def escape(packet):
    return b"".join(b"}" + bytes([byte ^ 0x20]) if byte in b"#$}*" else bytes([byte]) for byte in packet)


def difference(answer, expected):
    at = next((i for i, (a, b) in enumerate(zip(answer, expected)) if a != b), min(len(answer), len(expected)))
    return f"from {at}: stub {answer[at:at + 120]!r}, model {expected[at:at + 120]!r} (whole: {answer[:90]!r})"


# ---- random packets ----

def data_range(r, most):
    """A place of the program's memory outside of its code and stack."""
    length = r.choice((1, 2, 4, 8, r.randrange(1, most + 1)))
    return DATA + r.randrange(STACK - 0x800 - DATA - length), length


def read_memory(r, model):
    start = r.randrange(SIZE)
    length = r.choice((1, 8, r.randrange(0x400), r.randrange(0x3000)))
    return f"{r.choice('mmx')}{model.state.base + start:x},{min(length, SIZE - start):x}"


def write_memory(r, model):
    start, length = data_range(r, 300)
    data = r.choice((r.randbytes(length), bytes(length), bytes(r.choice(b"#$}*\x03") for _ in range(length))))
    if r.random() < 0.1:
        start, data = IMMEDIATE_AT, r.randbytes(4)
    if r.random() < 0.05:
        data = b""
    if r.random() < 0.5:
        return f"M{model.state.base + start:x},{len(data):x}:{data.hex()}"
    return f"X{model.state.base + start:x},{len(data):x}:".encode() + data


def bad_memory(r, model):
    address = r.choice(BAD_ADDRESSES)
    return r.choice((f"m{address:x},8", f"x{address:x},8", f"M{address:x},1:00", f"X{address:x},1:a", f"qCRC:{address:x},8",
                     f"m{address:x},{r.choice(BAD_NUMBERS)}", f"m{r.choice(BAD_NUMBERS)},4", f"m{address:x}", "m,", "x",
                     "mffffffffffffffff,2", f"x{model.state.base:x},0", f"m{model.state.base:x},0",
                     f"M{model.state.base:x},2:00", f"M{model.state.base:x},1:0g", f"M{model.state.base:x},1",
                     f"X{model.state.base:x},2:a", f"X{model.state.base:x},1", f"qCRC:{address:x},4000001",
                     f"qCRC:{model.state.base:x},0", f"qSearch:memory:{address:x};8;a", "qSearch:memory:0;1;",
                     "qSearch:memory:0;4000001;a", f"qSearch:memory:0;2000;{'a' * 1025}", "qSearch:memory:0"))


def search_or_sum(r, model):
    start, length = data_range(r, 3000)
    base = model.state.base + start
    if r.random() < 0.3:
        return f"qCRC:{base:x},{min(length, 600):x}"
    at = r.randrange(DATA, STACK)
    pattern = r.choice((bytes(model.state.memory[at:at + r.choice((1, 2, 8))]), r.randbytes(2)))
    return f"qSearch:memory:{base:x};{length:x};".encode() + pattern


def register_value(r, model):
    """(number, bytes) that the program can live with."""
    base = model.state.base
    in_function = model.state.rip - base > AT["spin"]
    choices = [(n, r.randbytes(SIZES[n])) for n in r.sample(FREE_REGISTERS, 3)]
    choices += [(RCX_OF_GDB, struct.pack("<Q", r.randrange(1, 60))), (RSI_OF_GDB, struct.pack("<Q", r.randrange(256))),
                (RDI_OF_GDB, struct.pack("<Q", base + DATA + r.choice((0, 8, 0x1003)))),
                (FLAGS_OF_GDB, struct.pack("<I", model.state.flags & ~ARITHMETIC | r.getrandbits(12) & ARITHMETIC))]
    if not in_function:
        choices += [(RSP_OF_GDB, struct.pack("<Q", base + STACK + r.choice((0, 0x38, 0x400)))),
                    (RIP_OF_GDB, struct.pack("<Q", base + r.choice(OUTSIDE_FUNCTION)))]
    return r.choice(choices)


def registers(r, model):
    n, value = register_value(r, model)
    every = bytearray(model.state.registers)
    every[OFFSETS[n]:OFFSETS[n] + SIZES[n]] = value
    same = every[OFFSETS[37]:OFFSETS[37] + 4].hex()
    return r.choice(("g", f"p{r.randrange(130):x}", f"P{n:x}={value.hex()}", f"P{n:x}={value.hex()}", f"G{every.hex()}",
                     f"G{bytes(model.state.registers).hex()}", f"P25={same}"))


def bad_registers(r, model):
    value = bytes(model.state.registers)
    return r.choice(("p", "pg", "p81", "p10000000000000000", "p1,2", "P81=00", "P0=", "P0=11", "P0=gg", "P", "P=00",
                     f"P0={'0' * 18}", "P0x=00", f"P64={'11' * 8}", f"P6e={'00' * 8}", "P38=0000ffff", f"P72={'01' * 16}",
                     "G", "G00", f"G{value.hex()}00", f"G{value.hex()[:-1]}g", "gg", "g0"))


def breakpoint_place(r, model):
    base = model.state.base
    return r.choice((base + r.choice(STOPPABLE), base + r.choice(STOPPABLE)))


def watch_place(r, model):
    index = struct.unpack_from("<Q", model.state.registers, OFFSETS[RSI_OF_GDB])[0]
    at = r.choice((DATA + 8 * min(index + r.randrange(8), 255), DATA + COUNT_AT, DATA + COUNT_AT + 8, STACK - 8))
    return model.state.base + at + r.choice((0, 0, 0, 1, 4, 6)), r.choice((1, 2, 4, 8, 8, 16, 3))


def unclear(b, kind, address, length):
    """One access can hit both, and QEMU tells of one: of a read of the other nobody knows (docs/LIMITS.md)."""
    near = address < b.address + b.length + 7 and b.address < address + length + 7
    return b.kind >= 2 and near and max(kind, b.kind) > 2 and (address, length) != (b.address, b.length)


def breakpoints(r, model):
    known = [(b.kind, b.address, b.length) for b in model.breakpoints]
    if known and r.random() < 0.6:
        kind, address, length = r.choice(known)
        return f"{r.choice('zzzzZ')}{kind},{address:x},{length:x}"
    kind = r.randrange(5)
    if kind >= 2:
        address, length = watch_place(r, model)
        if any(unclear(b, kind, address, length) for b in model.breakpoints):
            return "?"
        return f"Z{kind},{address:x},{length:x}"
    condition = r.choice(("", "", "", ";X3,220027", ";X3,220127", ";X3,220027X3,220127", ";X3,220027;X3,220027"))
    return f"Z{kind},{breakpoint_place(r, model):x},1{condition}"


def bad_breakpoints(r, model):
    here = f"{model.state.base:x}"
    return r.choice((f"Z5,{here},1", f"z9,{here},1", f"Z1,{here},0", f"Z0,{here}", "Z", "Z0", "Z0,", f"Z2,{here},21",
                     f"Z3,{here},20;", f"Z0,{here},1;", f"Z0,{here},1;X", f"Z0,{here},1;X2,2200", f"Z0,{here},1;X1,ff",
                     f"Z1,{here},1;X3,2200", f"Z0,{here},1{';X3,220027' * 9}", f"z0,{here},1;", f"z2,{here},8",
                     f"Z0,{1 << 32:x},1", "Z0,fee00000,1", f"Zg,{here},1", f"Z-1,{here},1", "Z2,ffffffffffffffff,8"))


def run_forward(r, model):
    base = model.state.base
    first, last = sorted(r.choices(OUTSIDE_FUNCTION, k=2))
    range_step = f"vCont;r{base + first:x},{base + last:x}"
    packets = ["s", "s", "vCont;s:1", "vCont;s", "S05", range_step + ":1", range_step, "c", "vCont;c:1", "vCont;c", "C0b",
               f"vCont;r{base + last:x},{base + first:x}", "vCont;s:2;c:-1", "vCont;s:p1.1;c"]
    if base <= model.state.rip <= base + AT["spin"]:
        there = base + r.choice(OUTSIDE_FUNCTION)
        packets += [f"s{there:x}", f"c{there:x}", f"S05;{there:x}"]
    return r.choice(packets)


def run_backward(r, _):
    return r.choice(("bs", "bs", "bs", "bc"))


def bad_running(r, _):
    return r.choice(("vCont", "vCont;", "vCont;x", "vCont;c:2", "vCont;s:z", "vCont;r1", "vCont;r1,", "vCont;c;", "vCont;C",
                     "vCont;c:1:1", "sg", "cg", "C", "S", "S5;", "Sg", "bx", "bsx", "bcx", "vCont;Cg", "vCont;s1"))


def travel(r, model):
    end = model.history.end
    where = r.choice((r.randrange(end + 1), max(model.now - r.randrange(1, 40), 0), model.now + r.randrange(40), "end", "end",
                      "begin", 0, end, end + 5))
    return r.choice((f"monitor seek {'' if isinstance(where, str) else '@'}{where}", "monitor status"))


def odd_travel(r, _):
    return r.choice(("monitor seek", "monitor seek x", "monitor seek @", "vRun;", "vRun;66;67"))


def threads(r, model):
    return r.choice(("Hg0", "Hg1", "Hc-1", "Hg2", "Hgp1.1", "Hgp1.-1", "Hgp2.1", "Hg", "H", "Hx1", "Hgz", "T1", "T2", "T0",
                     "Tp1.1", "Tzz", "T", "T1x", "qC", "qCx", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo,1",
                     "qThreadExtraInfo,2", "qThreadExtraInfo,", "qAttached", "qAttached:1", "qAttachedx", "vCont?"))


def transfers(r, model):
    size = len(model.description)
    start, length = r.choice((0, r.randrange(size), size, size + 1, 20, 90)), r.choice((1, 7, r.randrange(1, 0x3000), 0))
    where = r.choice((f"{start:x},{length:x}",) * 5 + (f"{start:x}", "", "g,1", f"{start:x},{length:x},", "0,ffffffffffffffff"))
    annex = r.choice(("threads:read::", "features:read:target.xml:", "features:read:target.xml:", "features:read:x.xml:",
                      "features:read:", "features:read:target.xml"))
    return f"qXfer:{annex}{where}"


def other(r, _):
    return r.choice(("?", "?", b"\x03", b"\x03", "?x", "", "v", "q", "Q", "vMustReplyEmpty", "qTStatusx", "QPassSignals:", "b",
                     "QPassSignals:e;10;", "QPassSignals:g", "QPassSignals:;", "QRetro.PhysicalMemory:1", "y",
                     "QRetro.PhysicalMemory:0", "QRetro.PhysicalMemory:2", "qRetro.PhysicalMemory", "vKill;1", "i", "A0,0,"))


GROUPS = {read_memory: 8, write_memory: 4, bad_memory: 5, search_or_sum: 4, registers: 12, bad_registers: 4,
          breakpoints: 12, bad_breakpoints: 4, run_forward: 20, run_backward: 8, bad_running: 3, travel: 8, odd_travel: 1,
          threads: 4, transfers: 4, other: 4}


def generate(r, model):
    group, = r.choices(list(GROUPS), GROUPS.values())
    packet = group(r, model)
    return packet if isinstance(packet, bytes) else packet.encode("latin-1")


# ---- sequences ----

@contextlib.contextmanager
def prepared(link, recording):
    """(machine, sequence): the program is loaded, and its first instruction is the next."""
    with MonitoredGuest("stepped", record="off", link=link) as machine, machine.rsp(acknowledge=link == "uart") as rsp:
        rsp.insert(1, machine.symbol("loop_in_a_line"))
        rsp.go()
        rsp.remove(1, machine.symbol("loop_in_a_line"))
        yield machine, Sequence(rsp, machine.symbol("block") + 0xfff & ~0xfff, recording)


def run(link, recording, packets):
    """Sends the packets of these numbers; (what they were, the first difference or None)."""
    sent = []
    with prepared(link, recording) as (machine, sequence):
        try:
            for number in packets:
                sequence.perform(random.Random(f"{SEED}/{number}"), sent)
            sequence.compare_all()
        except AssertionError as difference_found:
            return sent, f"{difference_found} {machine.debug_output()[-300:]}"
    return sent, None


def shrink(link, recording, packets):
    """Leaves out what a failure does not need: halves, quarters, ... while there are runs left."""
    runs, part = SHRINK_RUNS, len(packets) // 2
    while part and runs:
        at = 0
        while at < len(packets) and runs:
            shorter, runs = packets[:at] + packets[at + part:], runs - 1
            sent, failed = run(link, recording, shorter)
            if failed:
                packets = shorter[:len(sent)]
            else:
                at += part
        part //= 2
    return packets


@pytest.mark.parametrize("link", ["uart", "virtio"])
@pytest.mark.parametrize("recording", [False, True], ids=["live", "recording"])
def test_answers_are_those_of_the_model(link, recording):
    packets = list(range(COMMANDS))
    sent, failed = run(link, recording, packets)
    print(f"RETROVISOR_TEST_SEED={SEED}: {len(sent)} packets")
    if failed and SHRINK_RUNS:
        packets = shrink(link, recording, packets[:len(sent)])
        sent, failed = run(link, recording, packets)
    assert not failed, f"RETROVISOR_TEST_SEED={SEED}, {len(sent)} packets, the last {sent[-25:]}: {failed}"


def compare(sequence, packets):
    for packet in packets:
        if packet.startswith("monitor "):
            sequence.monitor(packet.removeprefix("monitor "))
        else:
            sequence.exchange(packet.encode(), sequence.model.answer(packet))


def test_a_step_that_hits_a_watchpoint_is_the_debuggers_alone():
    """The hit comes with the trap that ends the step: neither may reach the guest or the monitor's own code."""
    with prepared("uart", False) as (_, sequence):
        counter = sequence.base + DATA + COUNT_AT
        compare(sequence, (f"Z2,{counter:x},8", f"Z3,{counter + 8:x},8", f"s{sequence.base + AT['call']:x}", "s", "s", "s", "s"))


def test_a_hit_by_an_instruction_that_faults_costs_no_instant():
    """The page of the sum is write-protected behind a checkpoint: its read is the hit, its write a nested fault."""
    with prepared("uart", True) as (_, sequence):
        total = sequence.base + DATA + SUM_AT
        compare(sequence, (f"Z4,{total:x},8", f"s{sequence.base + AT['add_memory']:x}", "monitor status", "monitor seek @0",
                           "s", "s", "monitor status", "bc"))


@pytest.mark.parametrize("recording", [False, True], ids=["live", "recording"])
@pytest.mark.parametrize("first, second", ["32", "23", "42", "34"])
def test_two_watchpoints_at_the_same_bytes(recording, first, second):
    """The CPU tells of one of them; a write must not be lost to the one that waits for reads."""
    with prepared("uart", recording) as (_, sequence):
        counter = sequence.base + DATA + COUNT_AT
        compare(sequence, (f"Z{first},{counter:x},8", f"Z{second},{counter:x},8", "c", "c", "c"))
        if recording:
            compare(sequence, ("monitor status", "bc", "bc", "monitor seek @0", "c", "c"))


@pytest.mark.parametrize("recording", [False, True], ids=["live", "recording"])
def test_a_hardware_breakpoint_behind_a_watched_access(recording):
    """QEMU 7.2 ends with a segmentation fault if both are in debug registers."""
    with prepared("uart", recording) as (_, sequence):
        returning = sequence.base + AT["add_load"]
        compare(sequence, (f"Z4,{sequence.base + STACK - 8:x},8", f"Z1,{returning:x},1", "c", "c", "c", "c", "s", "c", "c"))
        if recording:
            compare(sequence, ("bc", "bc", "bc", "monitor status"))


def test_a_step_that_returns_to_a_hardware_breakpoint_is_a_step():
    """Also one that ends at the end of history: what is written there is no what-if branch."""
    with prepared("uart", True) as (_, sequence):
        at = {name: f"{sequence.base + offset:x}" for name, offset in AT.items()}
        compare(sequence, (f"Z1,{at['add_load']},1", "c", "bs", f"vCont;r{at['add_load']},{at['cmp']}", f"c{at['add_imm']}",
                           "monitor status", "bs", "s", "monitor status", f"z1,{at['add_load']},1", f"s{at['add_imm']}", "s", "s",
                           "s", "s", "s", "s", f"Z1,{at['add_load']},1", "s", "monitor status"))
