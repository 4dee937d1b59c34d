# SPDX-License-Identifier: EPL-2.0
"""A recording leaves the monitor, and another monitor in a fresh QEMU replays it."""
import random

import pytest
import replay_image
from harness import ICOUNT, MONITOR, PACE, MonitoredGuest, Qemu, wait_listening
from recording import RECORDED, recorded
from rsp_client import RspClient

IMAGE_AT = 0x10000000  # where the recorded machine's 256 MB end


class Replay(Qemu):
    """A machine without a guest: the recording lies above the RAM that the recorded one had."""

    def __init__(self, directory, image, memory=1024, log=288, link="virtio", words=""):
        file = directory / "image"
        file.write_bytes(image)
        super().__init__(
            ["-kernel", str(MONITOR), "-append", f"uart=com2 link={link} log={log} replay={IMAGE_AT:x} {words}",
             "-device", f"loader,file={file},addr={IMAGE_AT:#x},force-raw=on", *ICOUNT], memory, link)

    def rsp(self):
        wait_listening(self.link)
        return RspClient(self.link, pace=PACE)


@pytest.mark.parametrize("name", RECORDED)
def test_recording_replays_in_a_fresh_machine(name, tmp_path):
    with recorded(name) as (machine, rsp):
        recording = replay_image.take(rsp)
        end = rsp.state()
        assert recording.end == end[0]
        # Of debugregs the state at an instant depends on the checkpoint that a seek starts from (docs/LIMITS.md).
        places = sorted(random.Random(1).sample(range(recording.end), 0 if name == "debugregs" else 3))
        states = []
        for place in places:
            rsp.seek(place)
            states.append(rsp.state())
    with Replay(tmp_path, replay_image.image(recording)) as replay, replay.rsp() as rsp:
        assert rsp.status()["history"] == (0, recording.end)
        for place, state in [*zip(places, states)][::-1]:
            rsp.seek(place)
            assert rsp.state() == state
        assert rsp.seek("end") == recording.end
        assert rsp.state() == end
        rsp.seek("begin")
        assert rsp.go().where == "replaylog:end"
        assert rsp.state() == end
        assert not replay.printed()


def test_log_can_be_taken_while_the_guest_runs(tmp_path):
    with MonitoredGuest("ticks", link="virtio") as machine, machine.rsp() as rsp:
        base, cpu = replay_image.take_base(rsp)
        pages = replay_image.take_pages(rsp)
        rsp.resume("c")
        log, taken = b"", 0
        while ": done" not in machine.printed():
            (_, start, end, now), data = replay_image.numbers(
                rsp.exchange(f"qRetro.Log:{len(log):x},4000"), "L")
            assert start <= len(log)
            log += data
            taken += bool(data)
        rsp.interrupt()
        rest, end = replay_image.take_log(rsp, len(log))
        recording = replay_image.Recording(replay_image.take_machine(rsp), base, cpu, pages, log + rest, end)
        assert taken > 10
        state = rsp.state()
    with Replay(tmp_path, replay_image.image(recording)) as replay, replay.rsp() as rsp:
        rsp.seek("end")
        assert rsp.state() == state


def checkpoints(rsp, end):
    """At a few instants, the last one at the end, as the bridge keeps them."""
    states, since = [], 0
    for instant in [end * part // 5 for part in range(1, 5)] + [end]:
        rsp.seek(instant)
        states.append(replay_image.take_here(rsp, since))
        assert states[-1].instant == instant
        since = instant
    return states


@pytest.mark.parametrize("name", ["ticks", "pages", "fpu", "nmis", "faraway"])
def test_with_checkpoints_it_is_the_same_before_and_behind_them(name, tmp_path):
    """Twenty states, some at the instants of checkpoints and a step before and behind; all of the way back; and forward again."""
    with recorded(name) as (_, rsp):
        recording = replay_image.take(rsp)
    end = recording.end
    places = [*random.Random(2).sample(range(end), 10)]
    with Replay(tmp_path, replay_image.image(recording)) as replay, replay.rsp() as rsp:
        states = checkpoints(rsp, end)
        places += [at + more for at in (end // 5, end * 3 // 5, end) for more in (-1, 0, 1) if at + more <= end] + [0, end // 5 * 2]
        wanted = {}
        for place in sorted(places):
            rsp.seek(place)
            wanted[place] = rsp.state()
    with Replay(tmp_path, replay_image.image(recording, states)) as replay, replay.rsp() as rsp:
        assert rsp.status()["history"] == (0, end)
        assert rsp.state() == wanted[end]  # it stands at the newest
        random.Random(3).shuffle(places)
        for place in places:
            rsp.seek(place)
            assert rsp.state() == wanted[place], place
        rsp.seek(end * 3 // 5 + 1)
        rsp.step_back()
        assert rsp.state() == wanted[end * 3 // 5]
        rsp.step_back()
        assert rsp.state() == wanted[end * 3 // 5 - 1]
        rsp.step()
        rsp.step()
        assert rsp.state() == wanted[end * 3 // 5 + 1]
        assert rsp.go_back().where == "replaylog:begin"
        assert rsp.state() == wanted[0]
        assert rsp.go().where == "replaylog:end"
        assert rsp.state() == wanted[end]
    with Replay(tmp_path, replay_image.image(recording, states[:2])) as replay, replay.rsp() as rsp:
        for place in sorted(places, reverse=True):  # from the newest on, and back over it
            rsp.seek(place)
            assert rsp.state() == wanted[place], place


def test_checkpoints_that_do_not_fit_are_refused(tmp_path):
    with recorded("ticks") as (_, rsp):
        recording = replay_image.take(rsp)
    with Replay(tmp_path, replay_image.image(recording)) as replay, replay.rsp() as rsp:
        states = checkpoints(rsp, recording.end)

    def refused(index, **change):
        wrong = states[:index] + [states[index]._replace(**change)] + states[index + 1:]
        return refusal(tmp_path, replay_image.image(recording, wrong))

    assert "does not fit the recording" in refused(2, position=states[2].position + 8)
    assert "does not fit the recording" in refused(2, instant=states[1].instant)
    assert "contradicts itself" in refused(4, instant=recording.end + 1)


def refusal(tmp_path, image, **options):
    with Replay(tmp_path, image, **options) as replay:
        return replay.wait_debug_output(r"cannot start: (.*)\n")[1]


def test_images_that_do_not_fit_are_refused(tmp_path):
    with recorded("hello") as (_, rsp):
        good = replay_image.image(replay_image.take(rsp))

    def changed(offset, value, size):
        return good[:offset] + value.to_bytes(size, "little") + good[offset + size:]

    assert "no recording lies" in refusal(tmp_path, changed(0, 1, 8))
    assert "version 9 (expected: 2)" in refusal(tmp_path, changed(8, 9, 4))
    assert "trace format 7 (expected: 2 to 4)" in refusal(tmp_path, changed(12, 7, 4))
    assert "CPU state has version 8 (expected: 1 or 2)" in refusal(tmp_path, changed(16, 8, 4))
    assert "ends beyond the RAM" in refusal(tmp_path, changed(24, 1 << 40, 8))
    assert "RAM up to 0x20000000" in refusal(tmp_path, changed(32, 0x20000000, 8))
    assert "contradicts itself" in refusal(tmp_path, changed(104, 1 << 40, 8))
    assert "use a smaller log" in refusal(tmp_path, good, memory=512, log=300)


def test_replay_keeps_what_it_is(tmp_path):
    """What a debugger can ask of it that makes sense at a live end only."""
    with recorded("ticks") as (_, rsp):
        recording = replay_image.take(rsp)
    with Replay(tmp_path, replay_image.image(recording)) as replay, replay.rsp() as rsp:
        assert rsp.status()["mode"] == "replay of a recording made elsewhere"
        assert rsp.monitor("record off") == ["record off: not supported"]
        assert rsp.step_back().where == "replaylog:begin"
        rsp.seek("end")
        assert rsp.go().where == "replaylog:end"
        end = rsp.state()
        rsp.step_back()
        rsp.write(rsp.register(7), b"\xff" * 8)  # a branch of history
        assert "discarded" in rsp.step_back().text
        rsp.seek("end")
        assert rsp.state() == end
