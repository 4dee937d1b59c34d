# SPDX-License-Identifier: EPL-2.0
"""The commands that make and use recordings: record, verify, replay, with a real guest."""
import re
import shutil
import sqlite3
import subprocess

import pytest
from bridge import needs_bridge
from devices import DEVICES, device_options
from gdb_driver import Gdb
from harness import GUESTS, PACE, STUB_MONITOR
from recording_command import Running, record, recorded, run

VERSION_1 = STUB_MONITOR.parent / "testdata" / "recordings" / "ticks-v1.retro"
SPEC = STUB_MONITOR.parent / "docs" / "spec" / "recording-format.md"

pytestmark = needs_bridge


@pytest.fixture(scope="module", name="ticks")
def ticks_recording(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("ticks"), "ticks")


def test_ctrl_c_leaves_one_file_that_holds(ticks):
    assert [path.name for path in ticks.parent.glob("ticks.retro*")] == ["ticks.retro"]
    verified = run("verify", str(ticks))
    assert verified.returncode == 0, verified
    assert "the state is the recorded one" in verified.stdout
    assert "the replay holds" in verified.stdout


@pytest.mark.parametrize("guest", DEVICES)
def test_what_devices_write_is_replayed_without_them(tmp_path, guest):
    with device_options(guest) as (qemu, _):
        file = recorded(tmp_path, guest, *qemu)
    verified = run("verify", str(file))
    assert "the state is the recorded one" in verified.stdout, verified
    assert sqlite3.connect(file).execute("SELECT count(*) FROM event WHERE kind = 'dma'").fetchone()[0] > 0


def test_stock_sqlite_opens_it(ticks):
    connection = sqlite3.connect(ticks)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kinds = dict(connection.execute("SELECT kind, count(*) FROM event GROUP BY kind"))
    assert kinds["interrupt"] >= 300
    assert connection.execute("SELECT value FROM recording WHERE name = 'guest'").fetchone()[0].endswith("ticks.elf")


def test_the_documented_questions_run_in_the_sqlite3_shell(ticks):
    questions = re.search(r"## Questions.*?```\n(.*?)```", SPEC.read_text(), re.DOTALL).group(1).strip().splitlines()
    assert len(questions) >= 3
    answers = [subprocess.run(["sqlite3", "-readonly", "-bail", "-quote", ticks, question], check=True,
                              capture_output=True, text=True, timeout=60 * PACE).stdout.splitlines()
               for question in questions]
    counts = dict(line.split(",") for line in answers[0])
    assert int(counts["'interrupt'"]) >= 300
    assert answers[1] and all(line.split(",")[2:4] == ["'port write'", str(0x3f8)] for line in answers[1])
    assert len(answers[2]) == 10 and all(int(line.split(",")[1]) >= 5000000 for line in answers[2])
    assert answers[3] and all(line.split(",")[2] == "'interrupt'" for line in answers[3])
    counted = sqlite3.connect(ticks).execute("SELECT count(*) FROM event WHERE address = 0x3f8").fetchone()[0]
    assert int(answers[4][0]) == counted > 0
    for question, lines in zip(questions[1:], answers[1:]):
        assert [int(line.split(",")[0]) for line in lines] == [row[0] for row in sqlite3.connect(ticks).execute(question)]


def test_a_recording_of_version_1_replays_before_and_after_its_migration(tmp_path):
    file = tmp_path / "ticks.retro"
    shutil.copy(VERSION_1, file)
    told = [run("log", str(file), "--kind", "interrupt").stdout]
    verified = [run("verify", str(file)).stdout]
    migrated = run("migrate", str(file))
    assert (migrated.returncode, migrated.stdout) == (0, f"{file}: format version 3 (was: 1)\n"), migrated
    told.append(run("log", str(file), "--kind", "interrupt").stdout)
    verified.append(run("verify", str(file)).stdout)
    assert told[0] == told[1] and len(told[0].splitlines()) >= 300
    assert all("the state is the recorded one" in text for text in verified), verified
    again = run("migrate", str(file))
    assert (again.returncode, again.stdout) == (0, f"{file}: format version 3 already\n"), again


def test_gdb_replays_it_at_the_end_and_goes_back(tmp_path, ticks):
    with Running(tmp_path, "replay", str(ticks), "--at", "end", "--port", "0") as replay:
        port = replay.wait_for(r"target remote localhost:(\d+)")[1]
        with Gdb(GUESTS / "ticks.elf", PACE) as gdb:
            gdb.run(f"target remote localhost:{port}")
            end = gdb.value("$rip"), gdb.value("$rsp")
            gdb.run("reverse-stepi", 60)
            gdb.run("break guest_main")
            assert "guest_main" in str(gdb.run("reverse-continue", 120))
            gdb.run("delete")
            assert "No more reverse-execution history" in str(gdb.run("continue", 120))
            assert (gdb.value("$rip"), gdb.value("$rsp")) == end


def test_places_that_are_not_there_are_named(tmp_path, ticks):
    for where in ("@99999999999999", "event:123456789", "nowhere", "-1"):
        replay = run("replay", str(ticks), f"--at={where}", "--port", "0")
        assert replay.returncode in (2, 6)
        assert "expected" in replay.stderr
    missing = run("replay", str(tmp_path / "none.retro"), "--port", "0")
    assert (missing.returncode, "no such file" in missing.stderr) == (6, True)
    again = run("record", str(ticks), "--guest", str(GUESTS / "ticks.elf"), "--port", "0")
    assert (again.returncode, "is there already" in again.stderr) == (6, True)
