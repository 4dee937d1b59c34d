# SPDX-License-Identifier: EPL-2.0
"""A reference model of the stub: what it must answer, from the GDB manual and docs/spec/rsp-extensions.md.

It shares no code with the stub and knows nothing of how it does it. `Model.answer(packet)` is the reply to a packet as text,
None for no reply, or RUNNING: the guest runs until it is interrupted, and the model is told by `broke_in` where that was.
"""
import bisect
import re
import struct

from model_guest import RBP, RSP, SIZE

RUNNING = object()
OK, NOT_FOUND, DEVICE, UNMAPPED, MALFORMED, FULL, NOTHING_RECORDED, UNSUPPORTED = (
    "OK", "E02", "E05", "E0e", "E16", "E1c", "E3d", "E5f")

SIZES = ([8] * 17 + [4] * 7 + [10] * 8 + [4] * 8 + [16] * 16 + [4] + [8] * 2 + [8] * 7
         + [8] * 4 + [4] * 12 + [4, 8, 4, 4] * 2 + [8, 4] * 2 + [8] * 19)  # docs/spec, Registers
OFFSETS = [sum(SIZES[:number]) for number in range(len(SIZES))]
AVX_REGISTERS, AVX_SIZE = 16, 16
MXCSR, XCR0, APIC_BASE, IP16, SP16 = 56, 100, 110, 111, 112
READ_ONLY = (XCR0, APIC_BASE, IP16, SP16)

MOST_READ, MOST_SCANNED, LONGEST_PATTERN = 8192, 64 << 20, 1024
SLOTS, SLOT_BYTES, EXPRESSIONS = 4, 8, 8
FIRST_DEVICE, END_OF_MAP = 0xfee00000, 1 << 32  # of the addresses asked for: the guest maps 4 GiB one to one
NUMBER = "[0-9a-fA-F]+"


def little(value):
    return struct.pack("<Q", value).hex()


def number(text):
    """A number of at most 64 bits, or ValueError."""
    value = int(text, 16) if re.fullmatch(NUMBER, text) else -1
    if not 0 <= value < 1 << 64:
        raise ValueError(text)
    return value


def span(text):
    """ADDRESS,LENGTH, which does not go round the end of all addresses."""
    first, comma, length = text.partition(",")
    address, length = number(first), number(length)
    if not comma or length and address + length > 1 << 64:
        raise ValueError(text)
    return address, length


class History:
    """The states of a recording by instant: stretches that begin with a kept state."""
    STRETCH = 256

    def __init__(self):
        self.starts, self.stretches, self.end = [], [], 0

    def _open(self, what, state):
        self.starts.append(self.end)
        self.stretches.append([what, state.copy()])

    def ran(self, state, count=1):
        """`count` instructions are about to run from a state; more than one only where they do not change it."""
        what = "spin" if state.instruction == "spin" else "run"
        if (not self.starts or self.stretches[-1][0] != what
                or what == "run" and self.end - self.starts[-1] >= self.STRETCH):
            self._open(what, state)
        self.end += count

    def wrote(self, before, write, same_tick):
        if same_tick:
            self.stretches[-1][0].append(write)
            return
        self._open([write], before)
        self.end += 1

    def _index(self, instant):
        return bisect.bisect_right(self.starts, instant) - 1

    def writes_at(self, instant):
        """The debugger's writes that this instant consists of, or None for an instruction."""
        what = self.stretches[self._index(instant)][0]
        return what if isinstance(what, list) else None

    def spins_until(self, instant):
        """Up to which instant nothing changes from this one on."""
        i = self._index(instant)
        if self.stretches[i][0] != "spin":
            return instant
        return self.starts[i + 1] if i + 1 < len(self.starts) else self.end

    def state_at(self, instant):
        """A copy of the state; not that of the end, which is the live one."""
        i = self._index(instant)
        what, kept = self.stretches[i]
        state = kept.copy()
        for _ in range(instant - self.starts[i] if what == "run" else 0):
            state.execute()
        return state


def apply(state, write):
    where, data = write
    if where is None:
        state.registers[:] = data
    else:
        state.memory[where - state.base:where - state.base + len(data)] = data


class Breakpoint:
    def __init__(self, kind, address, length, stops):
        self.kind, self.address, self.length, self.stops = kind, address, length, stops

    def slots(self):
        """Debug registers cover 1, 2, 4 or 8 aligned bytes each."""
        if self.kind < 2:
            return self.kind
        count, at, end = 0, self.address, self.address + self.length
        while at < end:
            at += next(size for size in (8, 4, 2, 1) if at % size == 0 and at + size <= end)
            count += 1
        return count

    def same(self, kind, address, length):
        return (self.kind, self.address) == (kind, address) and (kind < 2 or self.length == length)

    def touched(self, accesses):
        """Whether an instruction with these accesses is to stop at this watchpoint."""
        mine = range(self.address, self.address + self.length)
        touched = [changed for address, changed in accesses
                   if address < mine.stop and mine.start < address + 8]
        changed = any(byte in mine for bytes_changed in touched for byte in bytes_changed)
        return bool(touched) and (self.kind == 4 or (self.kind == 2) == changed)


BEGIN, END, STEP, BREAK_IN = "05replaylog:begin;", "05replaylog:end;", "05", "02"
WORDS = {0: "swbreak:", 1: "hwbreak:", 2: "watch:", 3: "rwatch:", 4: "awatch:"}


class Model:
    def __init__(self, state, recording, description, thread_text, avx):
        self.live = state           # of the live end
        self.state = state          # the current one; self.live itself when there
        self.mode = "record" if recording else "live"
        self.now = 0
        self.history = History()
        self.branch_start = 0
        self.writes_joined = False  # the next write at the live end is part of the tick of the last one
        self.breakpoints = []
        self.stop = BREAK_IN
        self.physical = False
        self.description, self.thread_text, self.avx = description, thread_text, avx

    # ---- one tick forwards ----

    def _breakpoint_here(self):
        hits = [b for b in self.breakpoints if b.kind < 2 and b.address == self.state.rip and b.stops]
        return f"05{WORDS[hits[-1].kind]};" if hits else None

    def _watchpoint(self, accesses):
        hits = [b for b in self.breakpoints if b.kind >= 2 and b.touched(accesses)]
        return f"05{WORDS[hits[-1].kind]}{hits[-1].address:x};" if hits else None

    def _tick(self):
        """An instruction, or in the past the writes of this instant; why it stops there, or None."""
        writes = self.history.writes_at(self.now) if self.mode == "replay" else None
        if writes:
            for write in writes:
                apply(self.state, write)
            self.now += 1
            return None
        if self.mode == "record":
            self.writes_joined = False
        stop = self._breakpoint_here()
        if stop:
            return stop
        if self.mode == "record":
            self.history.ran(self.state)
        accesses = self.state.execute()
        self.now += 1
        return self._watchpoint(accesses)

    def _go_live(self):
        """To the live end, where the past must have led."""
        self.mode, self.now, self.state = "record", self.history.end, self.live
        return END

    def _at_end_of_past(self):
        return self.mode == "replay" and self.now == self.history.end

    def _arrive(self):
        assert self.state.same(self.live), "the model's past does not lead to its live end"
        return self._go_live()

    def _step(self):
        if self._at_end_of_past():
            self._arrive()
        stop = self._tick()
        if stop is None and self._at_end_of_past():
            self._arrive()
        return stop or STEP

    def _walker(self, mode, state, now=0):
        """Another model, which runs from a state of this one and leaves this one alone."""
        walker = Model(state, False, "", "", "")
        walker.breakpoints, walker.history, walker.mode, walker.now = self.breakpoints, self.history, mode, now
        return walker

    def _spins(self):
        return self.state.instruction == "spin" and not self._breakpoint_here()

    def _runs_for_ever(self):
        walker = self._walker("live", self.state.copy())
        while not walker._spins():
            if walker._tick():
                return False
        return True

    def _continue(self):
        if self.mode != "replay":
            if self._runs_for_ever():
                return RUNNING
            while not (stop := self._tick()):
                pass
            return stop
        while not self._at_end_of_past():
            until = self.history.spins_until(self.now) if self._spins() else self.now
            if until > self.now:
                self.now = until
            elif stop := self._tick():
                return stop
        return self._arrive()

    def _step_in_range(self, first, end):
        while (stop := self._step()) == STEP and first <= self.state.rip < end:
            pass
        return stop

    def broke_in(self, now, registers):
        """The guest that ran was interrupted: at an instant (recording), or with these registers (live)."""
        if self.mode == "live":
            while self.state.instruction != "spin":
                if self.state.registers == registers:
                    break
                self.state.execute()
        else:
            while self.now < now and self.state.instruction != "spin":
                self._tick()
            if self.mode == "record" and self.now < now:
                self.history.ran(self.state, now - self.now)
            self.writes_joined = False
            self.now = now
        self.stop = BREAK_IN
        return self.stop_reply()

    # ---- backwards ----

    def _seek(self, instant):
        instant = max(0, min(instant, self.history.end))
        if self.mode == "record" and instant == self.now:
            return END
        if self.mode == "record":
            self.writes_joined = False
        if instant == self.history.end:
            return self._go_live()
        self.mode, self.now, self.state = "replay", instant, self.history.state_at(instant)
        return BEGIN if instant == 0 else STEP

    def _no_past(self):
        return self.mode == "live" or self.mode != "branch" and self.now == 0

    def _reverse_step(self):
        if self._no_past():
            return BEGIN
        if self.mode == "branch":
            return self._seek(self.branch_start)
        stop = self._seek(self.now - 1)
        return STEP if stop == BEGIN else stop

    def _hits_before(self, limit):
        """The last stop that is passed on the way back: (instant, stop), or None."""
        for start in reversed([s for s in self.history.starts if s < limit]):
            walker = self._walker("replay", self.history.state_at(start), start)
            following = bisect.bisect_right(self.history.starts, start)
            end = self.history.starts[following] if following < len(self.history.starts) else limit
            hit = walker.last_hit(min(end, limit))
            if hit:
                return hit
        return None

    def last_hit(self, limit):
        """A breakpoint stops before its instruction; backwards a watchpoint, too."""
        hit = None
        while self.now < limit:
            until = min(limit, self.history.spins_until(self.now))
            at = self._breakpoint_here() if not self.history.writes_at(self.now) else None
            if until > self.now:
                hit = (until - 1, at) if at else hit
                self.now = until
                continue
            instant, kept = self.now, self.breakpoints
            if at:
                hit, self.breakpoints = (instant, at), []
            stop = self._tick()
            self.breakpoints = kept
            hit = (instant, stop) if stop else hit
        return hit

    def _reverse_continue(self):
        if self.mode == "branch" or self._no_past():
            return self._reverse_step()
        hit = self._hits_before(self.now)
        if not hit:
            return self._seek(0)
        self._seek(hit[0])
        return hit[1]

    # ---- writes ----

    def _write(self, write):
        if self.mode == "replay":
            self.branch_start, self.mode = self.now, "branch"
        if self.mode == "record":
            self.history.wrote(self.state, write, self.writes_joined)
            self.now, self.writes_joined = self.history.end, True
        apply(self.state, write)

    def _write_registers(self, registers):
        self.state.follow(registers)
        if registers != self.state.registers:
            self._write((None, registers))
        return OK

    # ---- packets ----

    def stop_reply(self):
        s = self.state
        return (f"T{self.stop}10:{little(s.rip)};07:{little(s.get(RSP))};"
                f"06:{little(s.get(RBP))};thread:01;")

    def _ran(self, stop):
        if stop is RUNNING:
            return RUNNING
        self.stop = stop
        return self.stop_reply()

    def answer(self, packet):
        for name, method in PACKETS:
            if packet.startswith(name):
                try:
                    return getattr(self, method)(packet[len(name):])
                except ValueError:
                    return MALFORMED
        return ""

    def extent(self, address):
        """Why an address cannot be used, or how many bytes the model knows from there."""
        if self.state.base <= address < self.state.base + SIZE:
            return None, self.state.base + SIZE - address
        device = self.physical or FIRST_DEVICE <= address < END_OF_MAP
        return (DEVICE if device else UNMAPPED), 0

    def _bytes(self, address, length):
        error, known = self.extent(address)
        assert error or length <= known, f"the model does not know {address:#x},{length:#x}"
        at = address - self.state.base
        return error, bytes(self.state.memory[at:at + length]) if not error else b""

    def read_hex(self, text):
        address, length = span(text)
        if length == 0:
            return MALFORMED
        error, data = self._bytes(address, min(length, MOST_READ))
        return error or data.hex()

    def read_binary(self, text):
        address, length = span(text)
        if length == 0:
            return "b"
        error, data = self._bytes(address, length)
        return error or "b" + data.decode("latin-1")

    def _write_bytes(self, address, data):
        error, _ = self._bytes(address, len(data)) if data else (None, b"")
        if data and not error:
            self._write((address, data))
        return error or OK

    def write_hex(self, text):
        where, colon, digits = text.partition(":")
        address, length = span(where)
        if not colon or len(digits) != 2 * length or not re.fullmatch("[0-9a-fA-F]*", digits):
            return MALFORMED
        return self._write_bytes(address, bytes.fromhex(digits))

    def write_binary(self, text):
        where, colon, data = text.partition(":")
        address, length = span(where)
        if not colon or len(data) != length:
            return MALFORMED
        return self._write_bytes(address, data.encode("latin-1"))

    def search(self, text):
        fields = text.split(";", 2)
        if len(fields) < 3 or not fields[2]:
            return MALFORMED
        address, length, pattern = number(fields[0]), number(fields[1]), fields[2].encode("latin-1")
        if not 0 < length <= MOST_SCANNED or address + length > 1 << 64 or len(pattern) > LONGEST_PATTERN:
            return MALFORMED
        if length < len(pattern):
            return "0"
        error, data = self._bytes(address, length)
        at = data.find(pattern)
        return error or (f"1,{address + at:x}" if at >= 0 else "0")

    def checksum(self, text):
        address, length = span(text)
        if length > MOST_SCANNED:
            return MALFORMED
        error, data = self._bytes(address, length) if length else (None, b"")
        crc = 0xffffffff
        for byte in data:
            crc ^= byte << 24
            for _ in range(8):
                crc = (crc << 1 ^ (0x04c11db7 if crc >> 31 else 0)) & 0xffffffff
        return error or f"C{crc:x}"

    def set_physical(self, text):
        if text not in ("0", "1"):
            return MALFORMED
        self.physical = text == "1"
        return OK

    def get_physical(self, text):
        return "" if text else str(int(self.physical))

    def read_all(self, text):
        return "" if text else self.state.registers.hex()

    def write_all(self, text):
        if len(text) != 2 * len(self.state.registers) or not re.fullmatch("[0-9a-fA-F]*", text):
            return MALFORMED
        registers = bytearray.fromhex(text)
        for n in READ_ONLY:
            where = slice(OFFSETS[n], OFFSETS[n] + SIZES[n])
            registers[where] = self.state.registers[where]
        return self._write_registers(registers)

    def read_one(self, text):
        n = number(text)
        if n < len(SIZES):
            return self.state.registers[OFFSETS[n]:OFFSETS[n] + SIZES[n]].hex()
        return self.avx if n < len(SIZES) + AVX_REGISTERS else NOT_FOUND

    def write_one(self, text):
        left, equals, digits = text.partition("=")
        number_text = re.match(NUMBER, left)
        n = number(number_text[0] if number_text else "")
        if n >= len(SIZES) + AVX_REGISTERS:
            return NOT_FOUND
        size = SIZES[n] if n < len(SIZES) else AVX_SIZE
        if left != number_text[0] or not equals or not re.fullmatch(f"[0-9a-fA-F]{{{2 * size}}}", digits):
            return MALFORMED
        if n >= len(SIZES):
            return UNSUPPORTED  # the guest has not enabled AVX
        value, registers = bytes.fromhex(digits), bytearray(self.state.registers)
        where = slice(OFFSETS[n], OFFSETS[n] + size)
        if registers[where] == value:
            return OK
        if n in READ_ONLY:
            return UNSUPPORTED
        if n == MXCSR and (value[2] or value[3]):
            return MALFORMED
        registers[where] = value
        return self._write_registers(registers)

    # ---- threads ----

    def thread(self, text):
        found = re.fullmatch(rf"(?:p(-1|{NUMBER})(?:\.(-1|{NUMBER}))?)|(-1|{NUMBER})", text)
        if not found:
            return MALFORMED
        ours = all(part == "-1" or number(part) <= 1 for part in found.groups() if part)
        return OK if ours else NOT_FOUND

    def select_thread(self, text):
        return self.thread(text[1:]) if text[:1] in ("g", "c") else ""

    def describe_thread(self, text):
        answer = self.thread(text)
        return ("CPU 0, " + self.thread_text).encode().hex() if answer == OK else answer

    def list_threads(self, text):
        return self._part(text, f'<threads>\n<thread id="1" core="0" name="CPU 0">{self.thread_text}</thread>\n</threads>\n')

    def describe_target(self, text):
        annex, colon, where = text.partition(":")
        return self._part(where, self.description) if annex == "target.xml" and colon else NOT_FOUND

    @staticmethod
    def _part(where, text):
        start, comma, length = where.partition(",")
        start, length = number(start), number(length)
        if not comma or length == 0 or start > len(text):
            return MALFORMED
        return ("l" if start + length >= len(text) else "m") + text[start:start + length]

    # ---- breakpoints ----

    def _place(self, text):
        """(kind, address, length, the rest), or the answer that refuses it."""
        kind, comma, where = text.partition(",")
        kind = number(kind)
        if not comma:
            return MALFORMED
        if kind > 4:
            return ""
        found = re.match(f"{NUMBER},{NUMBER}", where)
        address, length = span(found[0] if found else "")
        return (kind, address, length, where[found.end():]) if length else MALFORMED

    @staticmethod
    def _condition(text):
        """Whether a breakpoint stops, of those conditions that the model knows: constants, or none."""
        if text == "":
            return True
        found = re.fullmatch(r"((?:;?X3,22[0-9a-f]{2}27)+)", text)
        if not found or not text.startswith(";X"):
            raise ValueError(text)
        values = re.findall(r"X3,22(..)27", text)
        return any(value != "00" for value in values)

    def insert(self, text):
        place = self._place(text)
        if isinstance(place, str):
            return place
        kind, address, length, rest = place
        if kind >= 2 and rest:
            return MALFORMED
        stops = self._condition(rest)
        if rest.count("X") > EXPRESSIONS:
            return FULL
        for b in self.breakpoints:
            if b.same(kind, address, length):
                b.stops = stops
                return OK
        new = Breakpoint(kind, address, length, stops)
        if kind == 0 and not 0 <= address - self.state.base < SIZE:
            return DEVICE if FIRST_DEVICE <= address < END_OF_MAP else UNMAPPED
        if kind >= 2 and length > SLOTS * SLOT_BYTES:
            return FULL
        if sum(b.slots() for b in self.breakpoints) + new.slots() > SLOTS and kind:
            return FULL
        self.breakpoints.append(new)
        return OK

    def remove(self, text):
        place = self._place(text)
        if isinstance(place, str):
            return place
        if place[3]:
            return MALFORMED
        for i, b in enumerate(self.breakpoints):
            if b.same(*place[:3]):
                self.breakpoints[i] = self.breakpoints[-1]
                self.breakpoints.pop()
                break
        return OK

    # ---- running ----

    def why(self, text):
        return "" if text else self.stop_reply()

    def _move(self, text):
        registers = bytearray(self.state.registers)
        struct.pack_into("<Q", registers, OFFSETS[0x10], number(text))
        self._write_registers(registers)

    def go(self, text):
        if text:
            self._move(text)
        return self._ran(self._continue())

    def step(self, text):
        if text:
            self._move(text)
        return self._ran(self._step())

    def _signalled(self, text, then):
        signal, semicolon, address = text.partition(";")
        number(signal)
        return then(address) if address or not semicolon else MALFORMED

    def go_signalled(self, text):
        return self._signalled(text, self.go)

    def step_signalled(self, text):
        return self._signalled(text, self.step)

    def act(self, text):
        chosen = None
        for action in text.split(";"):
            found = re.fullmatch(rf"(c|s|C{NUMBER}|S{NUMBER}|r({NUMBER}),({NUMBER}))(?::(.*))?", action)
            if not found:
                return MALFORMED
            thread = self.thread(found[4]) if found[4] is not None else OK
            if thread == MALFORMED:
                return MALFORMED
            chosen = chosen or (found if thread == OK else None)
        if not chosen:
            return NOT_FOUND
        if chosen[1][0] in "cC":
            return self._ran(self._continue())
        if chosen[2] and number(chosen[2]) < number(chosen[3]):
            return self._ran(self._step_in_range(number(chosen[2]), number(chosen[3])))
        return self._ran(self._step())

    def step_back(self, text):
        return "" if text else self._ran(self._reverse_step())

    def go_back(self, text):
        return "" if text else self._ran(self._reverse_continue())

    def run_again(self, _):
        if self.mode == "live":
            return NOTHING_RECORDED
        if self._seek(0) == END:
            self.stop = END
            return UNSUPPORTED
        return self._ran(STEP)

    def kill(self, _):
        self.breakpoints = []
        return OK

    def pass_signals(self, text):
        for signal in filter(None, text.split(";")):
            number(signal)
        return MALFORMED if re.search("^;|;;", text) else OK

    def list_actions(self, text):
        return "" if text else "vCont;c;C;s;S;r"

    def current_thread(self, text):
        return "" if text else "QC01"

    def first_threads(self, text):
        return "" if text else "m01"

    def more_threads(self, text):
        return "" if text else "l"

    def attached(self, text):
        return "1" if text[:1] in ("", ":") else ""

    # ---- monitor commands: what they print is returned as text ----

    def status_text(self):
        words = {"live": "live, not recording", "record": "live end of the recording",
                 "replay": "in the past (replay)", "branch": "what-if branch"}
        lines = [f"mode {words[self.mode]}"]
        if self.mode != "live":
            lines += [f"now @{self.now}", f"history @0..@{self.history.end}"]
        if self.mode == "branch":
            lines += [f"branch from @{self.branch_start}"]
        return lines

    def seek_text(self, word):
        if self.mode == "live":
            return ["seek: nothing is recorded (monitor record on)"]
        digits = re.fullmatch(r"@?(\d+)", word)
        if not digits and word not in ("begin", "end"):
            return [f"seek: '{word}' is no instant (expected: @N, begin or end)"]
        self.stop = self._seek(int(digits[1]) if digits else 0 if word == "begin" else self.history.end)
        return [f"now at @{self.now}"]


PACKETS = sorted([
    ("m", "read_hex"), ("x", "read_binary"), ("M", "write_hex"), ("X", "write_binary"),
    ("qSearch:memory:", "search"), ("qCRC:", "checksum"),
    ("QRetro.PhysicalMemory:", "set_physical"), ("qRetro.PhysicalMemory", "get_physical"),
    ("g", "read_all"), ("G", "write_all"), ("p", "read_one"), ("P", "write_one"),
    ("H", "select_thread"), ("T", "thread"), ("qC", "current_thread"),
    ("qfThreadInfo", "first_threads"), ("qsThreadInfo", "more_threads"),
    ("qThreadExtraInfo,", "describe_thread"), ("qXfer:threads:read::", "list_threads"),
    ("qXfer:features:read:", "describe_target"), ("qAttached", "attached"),
    ("Z", "insert"), ("z", "remove"), ("?", "why"), ("vCont?", "list_actions"), ("vCont;", "act"),
    ("c", "go"), ("s", "step"), ("C", "go_signalled"), ("S", "step_signalled"),
    ("bs", "step_back"), ("bc", "go_back"), ("vRun;", "run_again"), ("vKill;", "kill"),
    ("QPassSignals:", "pass_signals"),
], key=lambda line: -len(line[0]))
