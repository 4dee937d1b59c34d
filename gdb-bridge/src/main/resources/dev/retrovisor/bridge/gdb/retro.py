# SPDX-License-Identifier: EPL-2.0
"""Retrovisor's commands for gdb: retro status, retro seek, ... See "help retro" in gdb.

What users get is this and retro_linux.py in one file. Sourced by `retrovisor gdb`. From a bridge without it: remote get retro.py retro.py, source retro.py.
"""
import atexit
import os
import re
import shutil
import struct
import tempfile
import time

import gdb

SETTINGS = (
    "remotetimeout 30",  # a journey through a recording may take that long
    "breakpoint always-inserted on",  # else every stop removes and inserts all of them
    "backtrace limit 200",  # without symbols gdb reads code all the way up
    "osabi none",  # a kernel follows no operating system's conventions
)


def monitor(command):
    """What `monitor COMMAND` prints."""
    return gdb.execute("monitor " + command, to_string=True)


def forget():
    """The machine has moved without gdb's knowledge: its copies of registers and memory are old."""
    gdb.execute("maint flush register-cache", to_string=True)
    gdb.execute("maint flush dcache", to_string=True)


def now():
    """The instant of the state that gdb shows."""
    found = re.search(r"^now @(\d+)", monitor("status"), re.M)
    if not found:
        raise gdb.GdbError("nothing is recorded, so there are no instants (monitor record on)")
    return int(found.group(1))


def travel(where):
    """Goes to "@N", "begin" or "end", and shows where that is."""
    said = monitor("seek " + where)
    forget()
    for line in said.splitlines():
        if not line.startswith("gdb still shows"):
            print(line)
    if not re.search(r"^now at @", said, re.M):
        raise gdb.GdbError("the machine has not moved")
    gdb.execute("frame")


def count(text, otherwise):
    """A number of instants that the user gave."""
    if not text.strip():
        return otherwise
    try:
        number = int(gdb.parse_and_eval(text))
    except gdb.error as trouble:
        raise gdb.GdbError("%s (expected: a number of instants)" % trouble)
    if number < 0:
        raise gdb.GdbError("%d (expected: 0 or more)" % number)
    return number


class Retro(gdb.Command):
    """Recorded time: where the machine is in it, and how to go elsewhere."""

    def __init__(self):
        super().__init__("retro", gdb.COMMAND_RUNNING, prefix=True)

    def invoke(self, argument, from_tty):
        if argument:
            raise gdb.GdbError('no retro command "%s" (see: help retro)' % argument)
        gdb.execute("help retro")


class Word(gdb.Command):
    """What all of the commands below have in common."""

    words = ()

    def __init__(self):
        super().__init__("retro " + type(self).__name__.lower(), gdb.COMMAND_RUNNING)

    def complete(self, text, word):
        if " " in text.lstrip():
            return gdb.COMPLETE_NONE
        return [one for one in self.words if one.startswith(word)]


class Status(Word):
    """Instant, mode, how far history reaches."""

    def invoke(self, argument, from_tty):
        print(monitor("status"), end="")


class Events(Word):
    """retro events [N]: the last N recorded events before now (10)."""

    def invoke(self, argument, from_tty):
        print(monitor("events " + argument), end="")


class Checkpoints(Word):
    """The checkpoints: journeys to places soon after one are short."""

    def invoke(self, argument, from_tty):
        print(monitor("checkpoints"), end="")


class Seek(Word):
    """retro seek N|begin|end: travel to an instant, or to an end of history."""

    words = ("begin", "end")

    def invoke(self, argument, from_tty):
        where = argument.strip()
        if where not in self.words:
            if not where:
                raise gdb.GdbError("where to? (expected: an instant, begin or end)")
            where = "@%d" % count(where.lstrip("@"), 0)
        travel(where)


class Back(Word):
    """retro back [N]: N instants back (1)."""

    def invoke(self, argument, from_tty):
        travel("@%d" % max(0, now() - count(argument, 1)))


class Forward(Word):
    """retro forward [N]: N instants forward (1), within what is recorded."""

    def invoke(self, argument, from_tty):
        travel("@%d" % (now() + count(argument, 1)))


class Log(Word):
    """The monitor's own messages."""

    def invoke(self, argument, from_tty):
        print(monitor("log"), end="")


class Control(Word):
    """Takes control of the bridge, if nobody has it."""

    def invoke(self, argument, from_tty):
        print(monitor("bridge control"), end="")
        forget()


for setting in SETTINGS:
    gdb.execute("set " + setting)
for command in (Retro, Status, Events, Checkpoints, Seek, Back, Forward, Log, Control):
    command()
