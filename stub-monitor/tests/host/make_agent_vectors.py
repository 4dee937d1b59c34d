#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""Makes testdata/agent/expressions.txt: expressions compiled, and evaluated, by a real gdb.

Usage, in stub-monitor/, after `make guests`: tests/host/make_agent_vectors.py > ../testdata/agent/expressions.txt
gdb compiles each in the scope of inner() of the guest "calls" (`maint agent-eval`, `maint agent`) and evaluates the same
with the argument x as a number, on the guest's file.
"""
import re
import subprocess

GUEST = "build/guests/calls.elf"
X = 22
FRAME = 0x200000  # inner()'s RBP; gdb says where x is

OPCODES = {name: number for number, name in enumerate(
    "- float add sub mul div_signed div_unsigned rem_signed rem_unsigned lsh rsh_signed rsh_unsigned trace trace_quick "
    "log_not bit_and bit_or bit_xor bit_not equal less_signed less_unsigned ext ref8 ref16 ref32 ref64".split())}
OPCODES |= {"if_goto": 0x20, "goto": 0x21, "const8": 0x22, "const16": 0x23, "const32": 0x24, "const64": 0x25, "reg": 0x26,
            "end": 0x27, "dup": 0x28, "pop": 0x29, "zero_ext": 0x2a, "swap": 0x2b, "getv": 0x2c, "setv": 0x2d,
            "tracev": 0x2e, "tracenz": 0x2f, "trace16": 0x30, "pick": 0x32, "rot": 0x33}
OPERAND = {"if_goto": 2, "goto": 2, "const8": 1, "const16": 2, "const32": 4, "const64": 8, "reg": 2, "ext": 1, "zero_ext": 1,
           "trace_quick": 1, "trace16": 2, "getv": 2, "setv": 2, "tracev": 2, "pick": 1}

EVALUATED = [
    "x == 22", "x != 22", "x > 21 && x < 23", "x < 3 || x >= 22", "!x", "-x", "~x", "x ? 5 : 6", "x * 1000003", "x - 23",
    "(x - 100) / 7", "(x - 100) % 7", "(unsigned)(x - 100) / 7", "(unsigned)(x - 100) % 7", "(unsigned char)(x - 100)",
    "(signed char)(x + 200)", "(short)(x + 0x8000)", "x << 3", "(x - 100) >> 2", "(unsigned)(x - 100) >> 2", "x & 0x16",
    "x | 0x41", "x ^ 0xff", "numbers[2]", "numbers[x - 20] * 3 + numbers[5]", "*(numbers + 5) == 9", "&numbers[3] - numbers",
    "*(char *)&numbers[5]", "*(unsigned short *)&numbers[7]", "*(long *)&numbers[2]", "round + 1", "watched == 0",
    "0x123456789abcdef0 + x", "(long)x - 0x7fffffffffffffff", "sizeof(numbers)", "(x, 7)", "x == 22 && numbers[5] == 9 && !round",
]
COLLECTED = ["x", "numbers[x - 20]", "numbers", "round"]


def gdb(*commands):
    arguments = [word for command in commands for word in ("-ex", command)]
    return subprocess.run(["gdb", "-q", "-nx", "-batch", GUEST, *arguments], capture_output=True, text=True, check=True).stdout


def assemble(listing):
    code = ""
    for at, name, operand in re.findall(r"^ *(\d+)  (\w+)(?: (-?\d+))?$", listing, re.MULTILINE):
        assert int(at) == len(code) // 2, listing
        code += f"{OPCODES[name]:02x}"
        if name in OPERAND:
            code += int(operand).to_bytes(OPERAND[name], "big").hex()
    assert code.endswith("27"), listing
    return code


def image(name, size):
    address = int(re.search(r"0x[0-9a-f]+", gdb(f"print &{name}")).group(0), 16)
    data = re.findall(r"0x([0-9a-f]{2})\b", "".join(
        line.split(":")[1] for line in gdb(f"x/{size}xb &{name}").splitlines()))
    return f"memory {address:x} {''.join(data)}"


def main():
    version = gdb("show version").splitlines()[0]
    offset = int(re.search(r"const8 (\d+)\n", gdb("maint agent-eval -at inner,x").split("add\n")[1]).group(1)) - 256 + 16
    print(f"# SPDX-License-Identifier: EPL-2.0\n# Agent expressions by {version}; made by stub-monitor/tests/host/make_agent_vectors.py")
    print("# register NUMBER VALUE | memory ADDRESS BYTES | value BYTECODE RESULT | collect BYTECODE | refuse BYTECODE; all hexadecimal")
    print(f"register 6 {FRAME:x}\nmemory {FRAME + offset:x} {X.to_bytes(4, 'little').hex()}")
    print(image("numbers", 40), image("round", 8), image("watched", 8), sep="\n")
    for expression in EVALUATED:
        code = assemble(gdb(f"maint agent-eval -at inner,{expression}"))
        value = gdb(f"output/x (long)({re.sub(r'[(]x, 7[)]', '7', re.sub(r'(?<![0-9a-z])x(?![a-z(])', str(X), expression))})")
        print(f"value {code} {value.strip().removeprefix('0x')}   # {expression}")
    for expression in COLLECTED:
        print(f"collect {assemble(gdb(f'maint agent -at inner,{expression}'))}   # {expression}")


if __name__ == "__main__":
    main()
