# SPDX-License-Identifier: EPL-2.0
"""A program of a few simple instructions, and an interpreter for it: the guest of the RSP model.

The program (AMD64 manual, volume 3, for each instruction) is written into a guest that runs in 64-bit mode with interrupts
off. It counts RCX down, calls, reads, writes, and ends in a jump to itself, so that a guest that runs for an unknown time
is in a known state. It has no input.
"""
import struct

CF, PF, AF, ZF, SF, OF = 1, 4, 0x10, 0x40, 0x80, 0x800
ARITHMETIC = CF | PF | AF | ZF | SF | OF
M64 = (1 << 64) - 1
RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI = range(8)  # as instructions have them
FROM_GDB = (RAX, RBX, RCX, RDX, RSI, RDI, RBP, RSP)  # by gdb's number

CODE, DATA, STACK, SIZE = 0, 0x1000, 0x5000, 0x6000  # parts of the program's memory
COUNT_AT, SUM_AT = 0x900, 0x908

MAIN = [  # (bytes, what the interpreter calls it)
    ("4881c344332211", "add_imm"),
    ("48891cf7", "store"),
    ("48ffc6", "inc"),
    ("e800000000", "call"),
    ("480304f7", "add_load"),
    ("4839d8", "cmp"),
    ("7302", "jae"),
    ("50", "push"),
    ("5a", "pop"),
    ("400fb6f6", "movzx"),
    ("0fb6c9", "movzx_count"),  # the loop ends, wherever it was entered
    ("48ffc9", "dec"),
    ("7500", "jnz"),
    ("ebfe", "spin"),
]
FUNCTION = [
    ("48898f" + struct.pack("<I", COUNT_AT).hex(), "store_count"),
    ("480187" + struct.pack("<I", SUM_AT).hex(), "add_memory"),
    ("90", "nop"),
    ("c3", "ret"),
]


def assemble():
    """(code, where each instruction starts: {offset: (name, length)})."""
    code, places = b"", {}
    for text, name in MAIN + FUNCTION:
        places[len(code)] = (name, len(text) // 2)
        code += bytes.fromhex(text)
    at = {name: offset for offset, (name, _) in places.items()}
    code = bytearray(code)
    struct.pack_into("<i", code, at["call"] + 1, at["store_count"] - (at["call"] + 5))
    struct.pack_into("<b", code, at["jnz"] + 1, at["add_imm"] - (at["jnz"] + 2))
    return bytes(code), places, at


PROGRAM, PLACES, AT = assemble()
IMMEDIATE_AT = AT["add_imm"] + 3  # the one part of the code that may be rewritten


class State:
    """Registers, and the memory at `base`, of the guest between two instructions."""

    def __init__(self, base, registers, memory):
        self.base = base
        self.registers = registers  # the bytes of `g`
        self.memory = memory

    def copy(self):
        return State(self.base, bytearray(self.registers), bytearray(self.memory))

    def same(self, other):
        return self.registers == other.registers and self.memory == other.memory

    # ---- registers: 16 general ones in gdb's order, RIP, EFLAGS are the first of `g` ----

    def get(self, register):
        return struct.unpack_from("<Q", self.registers, 8 * FROM_GDB.index(register))[0]

    def set(self, register, value):
        struct.pack_into("<Q", self.registers, 8 * FROM_GDB.index(register), value & M64)
        self.follow(self.registers)

    @staticmethod
    def follow(registers):
        """The last two of `g`, ip16 and sp16, are RIP and RSP again."""
        registers[-16:-8], registers[-8:] = registers[128:136], registers[56:64]

    @property
    def rip(self):
        return struct.unpack_from("<Q", self.registers, 128)[0]

    @rip.setter
    def rip(self, value):
        struct.pack_into("<Q", self.registers, 128, value)
        self.follow(self.registers)

    @property
    def flags(self):
        return struct.unpack_from("<I", self.registers, 136)[0]

    @flags.setter
    def flags(self, value):
        struct.pack_into("<I", self.registers, 136, value)

    @property
    def instruction(self):
        return PLACES[self.rip - self.base][0]

    # ---- one instruction ----

    def _load(self, address, accesses):
        at = address - self.base
        assert 0 <= at <= SIZE - 8, f"the program leaves its memory: {address:#x}"
        accesses.append((address, []))
        return struct.unpack_from("<Q", self.memory, at)[0]

    def _store(self, address, value, accesses):
        at = address - self.base
        assert DATA <= at <= SIZE - 8, f"the program leaves its memory: {address:#x}"
        new = struct.pack("<Q", value & M64)
        changed = [address + i for i in range(8) if self.memory[at + i] != new[i]]
        self.memory[at:at + 8] = new
        accesses.append((address, changed))

    def _set_flags(self, a, b, result, carry, overflow, kept=0):
        flags = carry * CF | overflow * OF
        flags |= ((a ^ b ^ result) & 0x10) and AF
        flags |= PF if bin(result & 0xff).count("1") % 2 == 0 else 0
        flags |= (ZF if result == 0 else 0) | (SF if result >> 63 else 0)
        self.flags = self.flags & ~ARITHMETIC | flags | kept

    def _add(self, a, b):
        total = (a + b) & M64
        self._set_flags(a, b, total, a + b > M64, (~(a ^ b) & (a ^ total)) >> 63 & 1)
        return total

    def _sub(self, a, b):
        rest = (a - b) & M64
        self._set_flags(a, b, rest, a < b, ((a ^ b) & (a ^ rest)) >> 63 & 1)
        return rest

    def _keeping_carry(self, operation, a):
        carry = self.flags & CF
        result = operation(a, 1)
        self.flags = self.flags & ~CF | carry
        return result

    def execute(self):
        """Runs one instruction; its accesses: [(address of 8 bytes, changed bytes' addresses)]."""
        accesses = []
        name, length = PLACES[self.rip - self.base]
        following = self.rip + length
        element = (self.get(RDI) + 8 * self.get(RSI)) & M64
        if name == "add_imm":
            value = struct.unpack_from("<i", self.memory, IMMEDIATE_AT)[0] & M64
            self.set(RBX, self._add(self.get(RBX), value))
        elif name == "store":
            self._store(element, self.get(RBX), accesses)
        elif name == "inc":
            self.set(RSI, self._keeping_carry(self._add, self.get(RSI)))
        elif name == "call":
            self.set(RSP, self.get(RSP) - 8)
            self._store(self.get(RSP), following, accesses)
            following = self.base + AT["store_count"]
        elif name == "add_load":
            self.set(RAX, self._add(self.get(RAX), self._load(element, accesses)))
        elif name == "cmp":
            self._sub(self.get(RAX), self.get(RBX))
        elif name == "jae":
            following += 0 if self.flags & CF else 2
        elif name == "push":
            self.set(RSP, self.get(RSP) - 8)
            self._store(self.get(RSP), self.get(RAX), accesses)
        elif name == "pop":
            self.set(RDX, self._load(self.get(RSP), accesses))
            self.set(RSP, self.get(RSP) + 8)
        elif name == "movzx":
            self.set(RSI, self.get(RSI) & 0xff)
        elif name == "movzx_count":
            self.set(RCX, self.get(RCX) & 0xff)
        elif name == "dec":
            self.set(RCX, self._keeping_carry(self._sub, self.get(RCX)))
        elif name == "jnz":
            following = following if self.flags & ZF else self.base + AT["add_imm"]
        elif name == "spin":
            following = self.rip
        elif name == "store_count":
            self._store(self.get(RDI) + COUNT_AT, self.get(RCX), accesses)
        elif name == "add_memory":
            address = self.get(RDI) + SUM_AT
            self._store(address, self._add(self._load(address, []), self.get(RAX)), accesses)
        elif name == "ret":
            following = self._load(self.get(RSP), accesses)
            self.set(RSP, self.get(RSP) + 8)
        self.rip = following
        return accesses
