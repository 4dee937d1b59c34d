# SPDX-License-Identifier: EPL-2.0
"""Checkpoints in a recording's file: a replay leaves them, the next one begins at them, and every state is what it is without."""
import contextlib
import hashlib
import json
import pathlib
import random
import shutil
import tempfile

import pytest
from bridge import needs_bridge
from devices import device_options
from harness import GUESTS, PACE, STUB_MONITOR, symbols
from recording_command import Running, recorded, rows, run
from rsp_client import RspClient
from test_replay_command import change

TICKS = STUB_MONITOR.parent / "testdata" / "recordings" / "ticks-v1.retro"
EVERY = ["--checkpoint-every", "12000000"]

pytestmark = [pytest.mark.monitor, needs_bridge]


@pytest.fixture(name="ticks")
def ticks_copy(tmp_path):
    file = shutil.copy(TICKS, tmp_path / "ticks.retro")
    assert run("migrate", str(file)).returncode == 0
    return file


@pytest.fixture(name="kept")
def ticks_with_checkpoints(ticks):
    verified = run("verify", str(ticks), *EVERY)
    assert verified.returncode == 0 and len(instants(ticks)) >= 6, verified
    return ticks


def instants(file):
    return [row[0] for row in rows(file, "SELECT instant FROM checkpoint ORDER BY id")]


def content(file):
    return hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest()


@contextlib.contextmanager
def replay(tmp_path, file, *words):
    """(a client of it, the command)."""
    with tempfile.TemporaryDirectory(prefix="retro-") as short, contextlib.ExitStack() as stack:  # a socket's path has a limit
        socket = pathlib.Path(short) / "gdb.sock"
        running = stack.enter_context(
            Running(tmp_path, "replay", str(file), "--port", "0", "--listen-unix", str(socket), *words))
        running.wait_for("target remote", 120)
        yield stack.enter_context(RspClient(socket, pace=PACE)), running


def states(rsp, places):
    found = {}
    for place in places:
        rsp.seek(place)
        found[place] = rsp.state()
    return found


def places_in(file, seed):
    """Random ones, and those of checkpoints with the instants beside them."""
    end = rows(file, "SELECT instant FROM log_end")[0][0]
    at = instants(file)
    beside = [place + more for place in (at[0], at[len(at) // 2]) for more in (-1, 0, 1)]
    return [0, end - 1, end, *beside, *random.Random(seed).sample(range(end), 11)]


def assert_same_with_and_without(tmp_path, file):
    """Twenty places; stepping over a checkpoint's instant; back to the beginning and forward to the end."""
    places, middle = places_in(file, 5), instants(file)[len(instants(file)) // 2]
    end = max(places)
    with replay(tmp_path, file, "--no-checkpoints") as (rsp, _):
        wanted = states(rsp, sorted(places))
    random.Random(6).shuffle(places)
    with replay(tmp_path, file, "--at", "end") as (rsp, _):
        assert rsp.state() == wanted[end]
        assert len(rsp.monitor("checkpoints")) >= len(instants(file))
        assert states(rsp, places) == wanted
        rsp.seek(middle + 1)
        for place in (middle, middle - 1):
            rsp.step_back()
            assert rsp.state() == wanted[place]
        for place in (middle, middle + 1):
            rsp.step()
            assert rsp.state() == wanted[place]
        assert rsp.go_back().where == "replaylog:begin"
        assert rsp.state() == wanted[0]
        assert rsp.go().where == "replaylog:end"
        assert rsp.state() == wanted[end]


def test_with_checkpoints_every_state_is_what_it_is_without(tmp_path, kept):
    before = content(kept)
    assert_same_with_and_without(tmp_path, kept)
    assert content(kept) == before  # they were all there


def test_they_are_what_a_replay_leaves_on_its_way(tmp_path, ticks):
    with replay(tmp_path, ticks, "--at", "@40000000", *EVERY):
        pass
    first = instants(ticks)
    assert first and max(first) <= 40000000
    with replay(tmp_path, ticks, "--at", "end", *EVERY):
        pass
    assert instants(ticks)[:len(first)] == first and len(instants(ticks)) > len(first)
    by_replays = rows(ticks, "SELECT instant, sha256 FROM checkpoint ORDER BY id")
    verified = json.loads(run("verify", str(ticks), "--json", *EVERY).stdout)
    assert verified["checkpoints"] == len(by_replays)
    assert rows(ticks, "SELECT instant, sha256 FROM checkpoint ORDER BY id") == by_replays
    info = json.loads(run("info", str(ticks), "--json").stdout)
    assert [line.split(":")[0] for line in info["checkpoint"]] == [f"@{instant}" for instant in instants(ticks)]


@pytest.mark.parametrize("guest", ["vblk", "e1000"])
def test_what_devices_wrote_is_in_them(tmp_path, guest):
    with device_options(guest) as (qemu, _):
        file = recorded(tmp_path, guest, *qemu)
    end = rows(file, "SELECT instant FROM log_end")[0][0]
    verified = run("verify", str(file), "--checkpoint-every", str(end // 6))
    assert verified.returncode == 0 and len(instants(file)) >= 4, verified
    assert_same_with_and_without(tmp_path, file)


def test_files_that_must_not_change_do_not(tmp_path, ticks):
    before = content(ticks)
    with replay(tmp_path, ticks, "--at", "end", "--no-checkpoints"):
        pass
    assert run("verify", str(ticks), "--no-checkpoints", *EVERY).returncode == 0
    ticks.chmod(0o444)
    with replay(tmp_path, ticks, "--at", "end", *EVERY):
        pass
    assert content(ticks) == before
    ticks.chmod(0o644)
    sealed = tmp_path / "sealed.retro"
    assert run("pack", str(ticks), str(sealed)).returncode == 0
    before = content(sealed)
    assert run("verify", str(sealed), *EVERY).returncode == 0
    assert content(sealed) == before
    assert not list(tmp_path.glob("*.retro-*"))


def test_pack_takes_them_along(tmp_path, kept):
    sealed = tmp_path / "sealed.retro"
    assert run("pack", str(kept), str(sealed)).returncode == 0
    assert instants(sealed) == instants(kept)
    with replay(tmp_path, kept, "--at", "end") as (rsp, _):
        wanted = rsp.state()
    with replay(tmp_path, sealed, "--at", "end") as (rsp, _):
        assert rsp.state() == wanted
    change(sealed, "UPDATE checkpoint SET events = events + 1 WHERE id = 2")
    verified = run("verify", str(sealed), "--no-replay")
    assert verified.returncode == 6 and "its seal does not hold" in verified.stderr, verified


def test_a_damaged_one_is_said_and_the_replay_begins_earlier(tmp_path, kept):
    whole, third = instants(kept), instants(kept)[2]
    change(kept, "UPDATE checkpoint SET cpu = zeroblob(length(cpu)) WHERE id = 3")
    with replay(tmp_path, kept, "--at", "end", "--no-checkpoints") as (rsp, _):
        wanted = rsp.state()
    kept.chmod(0o444)
    with replay(tmp_path, kept, "--at", "end") as (rsp, running):
        assert f"warning: the checkpoint at @{third} is damaged" in running.text()
        assert rsp.state() == wanted
    kept.chmod(0o644)
    checked = run("verify", str(kept), "--no-replay")
    assert checked.returncode == 0 and f"the checkpoint at @{third} is damaged" in checked.stderr, checked
    verified = run("verify", str(kept), *EVERY)
    assert verified.returncode == 0 and f"the checkpoint at @{third} is damaged" in verified.stderr, verified
    assert instants(kept) == whole
    assert "damaged" not in run("verify", str(kept), "--no-replay").stderr


def forge(file, number):
    """One register of a checkpoint and of those behind it is another one, and all sums hold."""
    total = rows(file, "SELECT sha256 FROM base" if number == 1 else "SELECT sha256 FROM checkpoint WHERE id = ?",
                 *([] if number == 1 else [number - 1]))[0][0]
    for identity, instant, position, events, inject, cpu in rows(
            file, "SELECT id, instant, position, events, inject, cpu FROM checkpoint WHERE id >= ? ORDER BY id", number):
        cpu = cpu[:8] + bytes([cpu[8] ^ 1]) + cpu[9:]
        digest = hashlib.sha256(total + f"{instant}\n{position}\n{events}\n{inject}\n".encode() + cpu)
        for frame, page in rows(file, "SELECT c.frame, p.sha256 FROM checkpoint_page c JOIN page p ON p.id = c.page"
                                " WHERE c.checkpoint = ? ORDER BY c.frame", identity):
            digest.update(frame.to_bytes(8, "little") + page)
        total = digest.digest()
        change(file, "UPDATE checkpoint SET cpu = ?, sha256 = ? WHERE id = ?", cpu, total, identity)


def test_a_wrong_one_whose_sums_hold_is_found(tmp_path, kept):
    good = rows(kept, "SELECT * FROM checkpoint ORDER BY id")
    forge(kept, len(good))
    refused = run("replay", str(kept), "--at", "end", "--port", "0")
    assert refused.returncode == 1 and f"the checkpoint at @{good[-1][1]} has state" in refused.stderr, refused
    with replay(tmp_path, kept, "--at", "end", "--no-checkpoints") as (rsp, _):
        assert int(rsp.digest(), 16) == rows(kept, "SELECT digest FROM mark")[0][0]
    assert run("verify", str(kept), *EVERY).returncode == 0
    assert rows(kept, "SELECT * FROM checkpoint ORDER BY id") == good
    forge(kept, 2)
    assert run("verify", str(kept), *EVERY).returncode == 0
    assert rows(kept, "SELECT * FROM checkpoint ORDER BY id") == good


def test_a_replay_that_does_not_hold_leaves_none(kept):
    change(kept, "UPDATE mark SET digest = digest + 1")
    assert run("verify", str(kept), *EVERY).returncode == 6
    assert instants(kept) == []


def test_why_and_crash_find_the_same_from_them(tmp_path):
    file, place = recorded(tmp_path, "triple"), symbols(GUESTS / "triple.elf")
    question = ["why", str(file), "--at", "crash", "--address", hex(place["guest_name"]), "--json"]
    end = rows(file, "SELECT instant FROM log_end")[0][0]
    answers = [run(*question, *words) for words in (["--no-checkpoints"], ["--checkpoint-every", str(end // 4)], [])]
    assert instants(file), answers
    assert all(answer.returncode == 0 for answer in answers), answers
    assert answers[0].stdout == answers[1].stdout == answers[2].stdout != ""
