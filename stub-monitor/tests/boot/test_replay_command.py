# SPDX-License-Identifier: EPL-2.0
"""Where a replay goes by --at crash, and what is said where a recording does not fit or does not hold."""
import hashlib
import json
import shutil
import signal
import sqlite3
import tempfile
from pathlib import Path

import pytest
from bridge import needs_bridge
from gdb_driver import Gdb
from harness import GUESTS, PACE, STUB_MONITOR, symbols
from recording_command import Running, recorded, run

PTE_ACCESSED = 1 << 5
TICKS = STUB_MONITOR.parent / "testdata" / "recordings" / "ticks-v1.retro"

pytestmark = needs_bridge


@pytest.fixture(name="ticks")
def ticks_copy(tmp_path):
    return shutil.copy(TICKS, tmp_path / "ticks.retro")


def change(file, statement, *values):
    with sqlite3.connect(file) as connection:
        connection.execute(statement, values)


# ---- the crash ----

def test_a_triple_fault_is_a_crash_and_gdb_stands_there(tmp_path):
    file = recorded(tmp_path, "triple")
    rip = symbols(GUESTS / "triple.elf")["triple_fault"]
    with Running(tmp_path, "replay", str(file), "--at", "crash", "--port", "0") as replay:
        found = replay.wait_for(r"(?s)stands at its crash, @\d+ \(triple fault: [^)]*\), of .*target remote localhost:(\d+)")
        with Gdb(GUESTS / "triple.elf", PACE) as gdb:
            gdb.run(f"target remote localhost:{found[1]}")
            assert gdb.value("$rip") == rip
            gdb.run("reverse-stepi 2", 60)  # UD2 counts as an instruction (LIMITS)
            assert gdb.value("$rip") < rip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_that_a_signal_ends_leaves_no_ram_behind(tmp_path, ticks, number, monkeypatch):
    """It is as large as the log, unpacked. The folder's name is short: sockets of the session are in it, too."""
    with tempfile.TemporaryDirectory() as temporary:
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", f"-Djava.io.tmpdir={temporary}")
        with Running(tmp_path, "replay", str(ticks), "--port", "0") as replay:
            replay.wait_for("target remote localhost")
            assert list(Path(temporary).glob("retrovisor-replay-*/ram"))
            replay.end(number)
        assert not list(Path(temporary).glob("retrovisor-replay-*"))


def test_why_answers_from_a_triple_fault_on(tmp_path):
    """Who wrote a variable; what the CPU set by itself in the root of the page tables, which no watchpoint sees; and nobody."""
    file, place = recorded(tmp_path, "triple"), symbols(GUESTS / "triple.elf")

    def why(address, length):
        answer = run("why", str(file), "--at", "crash", "--address", hex(address), "--length", str(length), "--json")
        assert answer.returncode == 0, answer
        return json.loads(answer.stdout)

    name = why(place["guest_name"], 8)
    assert name["written"] and name["function"].startswith("guest_ready") and name["before"] != name["after"], name
    assert place["image_start"] < int.from_bytes(bytes.fromhex(name["after"]), "little") < place["image_end"], name
    root = why(place["page_root"], 8)
    before, after = (int.from_bytes(bytes.fromhex(root[key]), "little") for key in ("before", "after"))
    assert (before, after) == (place["page_pointers"] | 3, place["page_pointers"] | 3 | PTE_ACCESSED), root
    assert root["function"].startswith("entry") and root["instant"] < name["instant"], root
    assert why(place["image_start"], 4)["written"] is False


def test_the_last_exception_of_the_kernel_is_a_crash(tmp_path):
    file = recorded(tmp_path, "faults")
    with Running(tmp_path, "replay", str(file), "--at", "crash", "--port", "0") as replay:
        found = replay.wait_for(r"(?s)stands at its crash, @\d+ \(exception \d+ at 0x([0-9a-f]+).*target remote localhost:(\d+)")
        with Gdb(GUESTS / "faults.elf", PACE) as gdb:
            gdb.run(f"target remote localhost:{found[2]}")
            assert gdb.value("$rip") == int(found[1], 16)
            gdb.run("monitor set exceptions on")
            assert "No more reverse-execution history" in gdb.run("continue", 120)


def test_a_guest_without_a_crash_has_none(ticks):
    quiet = run("replay", str(ticks), "--at", "crash", "--port", "0")
    assert quiet.returncode == 1 and "no crash: " in quiet.stderr and "(expected: --at begin, " in quiet.stderr, quiet


# ---- what does not hold, and what does not fit ----

def test_an_end_state_that_differs_is_told(ticks):
    held = json.loads(run("verify", str(ticks), "--json").stdout)
    assert held["is-closed"] and held["marks"] == [{"instant": held["replayed-to"], "is-compared": True}]
    change(ticks, "UPDATE mark SET digest = digest + 1")
    verified = run("verify", str(ticks))
    assert verified.returncode == 6 and "the replay does not hold: @" in verified.stderr, verified


def test_another_cpu_model_is_named_with_what_it_lacks(ticks):
    cpu = run("replay", str(ticks), "--port", "0", "--", "-cpu", "qemu64,+svm,+npt")
    assert cpu.returncode == 1 and "this CPU lacks what the recorded one (QEMU TCG CPU" in cpu.stderr, cpu
    assert "leaf 7 EBX: bits 0x" in cpu.stderr and "--any-cpu" in cpu.stderr, cpu


def test_a_guest_that_is_not_here_is_a_warning(tmp_path, ticks):
    change(ticks, "UPDATE recording SET value = '/no/such/guest.elf' WHERE name IN ('guest', 'symbols')")
    with Running(tmp_path, "replay", str(ticks), "--port", "0") as replay:
        replay.wait_for(r"warning: /no/such/guest\.elf: not here, so gdb has no symbols; give .* with --symbols")
        replay.wait_for(r"target remote localhost:\d+")


def forge_machine(file, name, line):
    """Another monitor's recording: a line of the machine, and the base's sum as the format has it."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE machine SET line = ? WHERE line LIKE ?", (line, name + " %"))
        lines = [row[0] for row in connection.execute("SELECT line FROM machine ORDER BY id")]
        instant, position, inject, cpu = connection.execute("SELECT instant, position, inject, cpu FROM base").fetchone()
        total = hashlib.sha256(("\n".join(lines) + f"\n{instant}\n{position}\n{inject}\n").encode() + cpu)
        for frame, page in connection.execute("SELECT b.frame, p.sha256 FROM base_page b JOIN page p ON p.id = b.page"
                                              " ORDER BY b.frame"):
            total.update(frame.to_bytes(8, "little") + page)
        connection.execute("UPDATE base SET sha256 = ?", (total.digest(),))


@pytest.mark.parametrize("name, line, says", [
    ("trace-format", "trace-format 9", "the recording has trace format 9 (expected: "),
    ("cpu-state", "cpu-state 9 540", "the recording's CPU state has version 9 (expected: "),
])
def test_a_newer_monitors_recording_is_refused_with_both_versions(ticks, name, line, says):
    forge_machine(ticks, name, line)
    done = run("replay", str(ticks), "--port", "0")
    assert done.returncode != 0 and says in done.stderr, done


def test_a_newer_stores_file_is_refused_with_both_versions(ticks):
    change(ticks, "PRAGMA user_version = 9")
    done = run("info", str(ticks))
    assert done.returncode == 6 and "has format version 9 (expected: 1 to 3); it was made by another retrovisor" in done.stderr
