# SPDX-License-Identifier: EPL-2.0
"""Runs inside gdb, connected to a target that runs the `stepped` code: measures, and prints one line of JSON.

The last argument of `python ARGUMENTS = ...` before this script: {"seconds": S, "conditions": "target" or "host"}.
"""
import json
import os
import tempfile
import time

import gdb

SECONDS = ARGUMENTS["seconds"]  # noqa: F821  (set by the caller)
BATCH = 200
FALSE_HITS_FIRST, FALSE_HITS_MOST = 20, 2_000_000


def quiet(command):
    return gdb.execute(command, to_string=True)


def rate(action, units=1):
    """Units a second of an action repeated for about SECONDS."""
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS:
        action()
        count += units
    return count / (time.perf_counter() - begin)


def run_to(function):
    quiet(f"tbreak {function}")
    quiet("continue")


def next_over_loop():
    """`next` on the line that loops, a second; the way back to it is not counted."""
    spent, count = 0.0, 0
    while spent < SECONDS and count < 50:
        run_to("loop_in_a_line")
        begin = time.perf_counter()
        quiet("next")
        spent += time.perf_counter() - begin
        count += 1
    return count / spent


def false_hits():
    """Hits a second of a breakpoint whose condition is false."""
    quiet(f"set breakpoint condition-evaluation {ARGUMENTS['conditions']}")  # noqa: F821
    hits = FALSE_HITS_FIRST
    while True:
        run_to("counted")
        last = int(gdb.parse_and_eval("number")) + hits
        quiet(f"break *counted if $rdi == {last}")
        begin = time.perf_counter()
        quiet("continue")
        took = time.perf_counter() - begin
        found = int(gdb.parse_and_eval("$rdi"))
        quiet("delete $bpnum")
        if found != last:
            raise gdb.GdbError(f"stopped at {found}, not {last}")
        if took > SECONDS / 4 or hits >= FALSE_HITS_MOST:
            return hits / took
        hits *= 4


def dump():
    size = int(gdb.parse_and_eval("sizeof(block)"))
    descriptor, name = tempfile.mkstemp()
    os.close(descriptor)
    begin = time.perf_counter()
    quiet(f"dump binary memory {name} &block[0] &block[{size}]")
    took = time.perf_counter() - begin
    with open(name, "rb") as written:
        data = written.read()
    os.unlink(name)
    if len(data) != size or len(set(data)) < 200:
        raise gdb.GdbError("the dump is not what the program wrote")
    return size / 1e6 / took


def measure():
    quiet("set pagination off")
    quiet("set confirm off")
    run_to("loop_in_a_line")
    result = {"dump": dump()}
    result["stepi"] = rate(lambda: quiet("stepi"))
    result["stepi N"] = rate(lambda: quiet(f"stepi {BATCH}"), BATCH)
    result["next"] = next_over_loop()
    result["false hits"] = false_hits()
    return result


print("MEASURED " + json.dumps(measure()))
