#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""The stub against a real gdb, with the fake machine behind it. Usage: gdb_session.py SERVER

Each line of DIALOGUE is a gdb command and a regular expression that its output must contain.
"""
import re
import socket
import subprocess
import sys
import tempfile

DIALOGUE = [
    ("info registers rip", r"0x100000"),
    ("x/2i $pc", r"0x100000:\s+nop"),
    ("stepi", r"0x0*100001"),
    ("stepi 9", r"0x0*10000a"),
    ("reverse-stepi", r"0x0*100009"),
    ("p $xmm0", r"v4_float = \{0, 0, 0, 0\}"),
    ("set var $xmm1.v2_double[1] = 2.5", r""),
    ("p $xmm1.v2_double", r"\{0, 2.5\}"),
    ("set var $ymm3.v4_int64[3] = 7", r""),
    ("p $ymm3.v4_int64", r"\{0, 0, 0, 7\}"),
    ("set var $st0 = 3.25", r""),
    ("p $st0", r"= 3.25"),
    ("p/x $ftag", r"0xffff"),
    ("p $cr0", r"\[ PE PG \]"),
    ("p $cs_attr", r"TYPE=11 S DPL=0 P L G"),
    ("info registers efer", r"efer\s+0x500\s+\[ LME LMA \]"),
    ("p/x $rax = 0x1234", r"0x1234"),
    ("x/4bx 0x0", r"Cannot access memory at address 0x0"),
    ("x/4bx 0x110000", r"Cannot access memory at address 0x110000"),
    ("set var *(char *)0x100300 = 0x24", r""),
    ("x/2bx 0x100300", r"0x24\s+0x90"),
    ("break *0x100010", r"Breakpoint 1"),
    ("hbreak *0x100020", r"Hardware assisted breakpoint 2"),
    ("watch *(int *)0x100200", r"Hardware watchpoint 3"),
    ("continue", r"Breakpoint 1, 0x0*100010"),
    ("continue", r"Breakpoint 2, 0x0*100020"),
    ("reverse-continue", r"Breakpoint 1, 0x0*100010"),
    ("reverse-continue", r"No more reverse-execution history|Reached end of recorded history"),
    ("delete", r""),
    ("python threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()", r""),
    ("continue", r"Program received signal SIGINT"),
    ("info threads", r"\"CPU 0\" \(64-bit, ring 0"),
    ("monitor help", r"seek\s+@N\|begin\|end"),
    ("monitor bogus", r"no command 'bogus' \(expected: help"),
    ("monitor seek @5", r"now at @5"),
    ("maint flush register-cache", r""),
    ("monitor xp 0x100300 2", r"24 90\s+\$\."),
    ("monitor regs cr0", r"0x0000000080000001"),
    ("maint packet QRetro.PhysicalMemory:1", r'received: "OK"'),
    ("maint packet vMustReplyEmpty", r'received: ""'),
    ("detach", r"detached"),
    ("target remote {port}", r"0x"),
    ("kill", r"killed"),
    ("target remote {port}", r"0x"),
]

# A stop is printed after the command that caused it is done, so all output is one stream with marks in it.
SCRIPT = """
import os
import signal
import threading

import gdb

for number, command in enumerate({commands!r}):
    gdb.write("\\n@@%d " % number)
    gdb.flush()
    try:
        gdb.execute(command)
    except gdb.error as error:
        gdb.write(str(error))
    gdb.flush()
gdb.write("\\n@@end")
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_gdb(commands):
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(SCRIPT.format(commands=commands))
        script.flush()
        gdb = ["gdb", "-q", "-nx", "-batch", "-ex", "set confirm off", "-ex", "set pagination off", "-x", script.name]
        return subprocess.run(gdb, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


def main():
    port = free_port()
    address = "127.0.0.1:%d" % port
    server = subprocess.Popen([sys.argv[1], str(port)])
    dialogue = [("target remote {port}", r"0x0*100000")] + DIALOGUE
    try:
        result = run_gdb([command.format(port=address) for command, _ in dialogue])
    finally:
        server.terminate()
        server.wait()
    answers = dict(re.findall(r"@@(\d+) (.*?)(?=\n@@)", result.stdout, re.S))
    wrong = 0
    for number, (command, expected) in enumerate(dialogue):
        answer = answers.get(str(number), "(no answer)")
        if not re.search(expected, answer):
            wrong += 1
            print("%s: expected %r, got: %s" % (command, expected, answer))
    print("gdb: %d commands, %d wrong" % (len(dialogue), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
