#!/usr/bin/python3
# SPDX-License-Identifier: EPL-2.0
"""`./retrovisor bench`: what the monitor costs, and how long going back takes; `bench SUBJECT`: see SUBJECTS.

Bare, live and recorded runs alternate in one go on the same machine, so the ratios mean more than
the numbers; the fastest run counts. The method is in docs/PERFORMANCE.md. Takes about eight minutes.
"""
import argparse
import importlib
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "boot")]

from debuggers import measure_debuggers, print_debuggers  # noqa: E402
from guest_work import BARE, LIVE, RECORDED, measure  # noqa: E402
from others_back import measure_record_full, measure_rr, print_others  # noqa: E402
from serial_steps import measure_serial, print_serial  # noqa: E402
from travel import (  # noqa: E402
    SECONDS, STEPS_BACK, STOPS, measure_break_in, measure_steps, measure_travel)

# Further benchmarks, each a module with main(arguments, say).
SUBJECTS = {"growth": "bench_growth", "io": "bench_io"}
RUNS = 3
ALU_INSTRUCTIONS, MEMORY_INSTRUCTIONS = 11, 10  # a round; guests/bench.c as gcc -O1 compiles it

# What, its unit, units a round, and the rounds for each mode: enough for about a second.
WORK = [("alu", "million instructions/s", ALU_INSTRUCTIONS / 1e6, (400_000_000,) * 3),
        ("memory", "million instructions/s", MEMORY_INSTRUCTIONS / 1e6, (10_000_000,) * 3),
        ("ports", "thousand reads/s", 1 / 1e3, (30_000_000, 20_000_000, 50_000)),
        ("device", "thousand reads/s", 1 / 1e3, (1_500_000, 1_500_000, 15_000)),
        ("cpuid", "thousand/s", 1 / 1e3, (15_000_000, 20_000, 15_000)),
        ("tsc", "thousand/s", 1 / 1e3, (20_000_000,) * 3)]
THOROUGH = ("alu", "memory", "ports")  # the others say what one exit of a kind costs, roughly
NAMES = {"alu": "computing (registers only)", "memory": "random memory, 16 MiB",
         "ports": "port input (CMOS, IN AL)", "device": "device memory (APIC, MOV)",
         "cpuid": "CPUID", "tsc": "RDTSC"}


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def machine_description():
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True,
                          check=True).stdout.splitlines()[0]
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines()
                  if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} x {model}; load {os.getloadavg()[0]:.1f}; {qemu}"


def guest_work_rows(runs):
    """One row for each kind of work, and the log's bytes for each recorded port read."""
    rows, bytes_a_read = [], 0
    for work, unit, units, rounds in WORK:
        times = runs if work in THOROUGH else min(runs, 2)
        say(f"{NAMES[work]}: {times} runs each, bare, live and recorded")
        timing = measure(work, dict(zip((BARE, LIVE, RECORDED), rounds)), times)
        rate = {mode: units / t.seconds for mode, t in timing.items()}
        rows.append((NAMES[work], unit, rate, max(t.spread for t in timing.values())))
        if work == "ports":
            bytes_a_read = timing[RECORDED].log_bytes / rounds[2]
    return rows, bytes_a_read


def print_guest_work(rows, bytes_a_read):
    print(f"\n{'':27}{'unit':24}{'bare':>9}{'live':>9}{'recorded':>9}   of bare: live, recorded")
    for name, unit, rate, spread in rows:
        bare = rate[BARE]
        print(f"{name:27}{unit:24}{bare:9.1f}{rate[LIVE]:9.1f}{rate[RECORDED]:9.1f}"
              f"   {rate[LIVE] / bare:8.2f}{rate[RECORDED] / bare:10.4f}"
              f"   (runs differ by up to {spread:.0%})")
    print(f"{'log':27}{'bytes a port read':24}{'':18}{bytes_a_read:9.1f}")


def print_exits(where, exits, seconds):
    rates = sorted(((count / seconds, kind) for kind, count in exits.items() if count), reverse=True)
    print(f"\nexits a second by kind, {where}: {sum(exits.values()) / seconds:.0f}")
    for rate, kind in rates:
        print(f"  {kind:43}{rate:9.1f}")


def print_latencies(what, latency):
    print(f"{what:45}{latency.median:9.1f}{latency.p99:9.1f}{latency.worst:9.1f}")


def print_steps(steps, break_in):
    print(f"\n{'step (RSP on the UART, no gdb), ms':45}{'median':>9}{'p99':>9}{'worst':>9}"
          "   steps/s at the median")
    for mode, latency in steps.items():
        print(f"{'  ' + mode:45}{latency.median:9.1f}{latency.p99:9.1f}{latency.worst:9.1f}"
              f"   {1000 / latency.median:9.0f}")
    print_latencies("break-in (0x03 to the stop), in cli; jmp .", break_in)


def print_travel(travel):
    million = travel.instants / 1e6
    print(f"\npacketd, recorded for {travel.seconds} s in {STOPS} pieces: {travel.messages} messages sent, "
          f"{million:.1f} million instants; {'; '.join(travel.status[-2:])}")
    print(f"  log: {travel.log} bytes, {travel.log / travel.seconds / 1e3:.0f} kB/s, "
          f"{travel.log / travel.messages:.0f} a message, {travel.log / million / 1e3:.0f} kB a million instants")
    print_exits("while it was recorded", travel.exits, travel.recorded_for)
    print(f"\n{f'going back at {STOPS} places, ms':45}{'median':>9}{'p99':>9}{'worst':>9}")
    print_latencies("  first reverse-stepi at the live end", travel.first_back)
    print_latencies(f"  the {STEPS_BACK} following", travel.next_back)
    print_latencies("  return to the live end", travel.to_live)
    print_latencies("  reverse-continue, breakpoint hit near by", travel.to_near)
    print_latencies("  seek from the live end to anywhere", travel.seek)
    print(f"{'  reverse-continue, hit at the beginning only':45}{travel.to_far:9.1f}"
          f"   {travel.to_far / 1000 / travel.seconds:.2f} of the time it was recorded in")
    print(f"{'  continue from there to the live end':45}{travel.forward:9.1f}"
          f"   {travel.forward / 1000 / travel.seconds:.2f} of it")


def main(arguments):
    if arguments and arguments[0] in SUBJECTS:
        importlib.import_module(SUBJECTS[arguments[0]]).main(arguments[1:], say)
        return
    parser = argparse.ArgumentParser(prog="retrovisor bench", description="Measures the monitor.",
                                     epilog=f"Others, with options of their own: {', '.join(SUBJECTS)}")
    parser.add_argument("--runs", type=int, default=RUNS, choices=range(1, 10), metavar="N",
                        help="runs of each guest work; the fastest counts (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=SECONDS, choices=range(5, 601), metavar="S",
                        help="length of the recording to go back in (default: %(default)s)")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    print(machine_description())
    print("all runs: TCG, -icount shift=0,sleep=on, 256 MB, 1 CPU", flush=True)
    print_guest_work(*guest_work_rows(options.runs))
    say("single steps, break-ins")
    print_steps(measure_steps(), measure_break_in())
    print_debuggers(measure_debuggers(say))
    say("steps over a serial line")
    print_serial(*measure_serial())
    say(f"a recording of packetd of {options.seconds} s, and the ways back through it")
    print_travel(measure_travel(options.seconds))
    say("gdb's record full and QEMU's rr=replay")
    print_others(measure_record_full(), measure_rr())
    print(f"\n{time.monotonic() - start:.0f} s in all")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (AssertionError, OSError) as failure:
        sys.exit(f"retrovisor: bench: {failure}")
