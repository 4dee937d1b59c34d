# SPDX-License-Identifier: EPL-2.0
"""A recording taken out of the monitor by its packets, and the image by which another monitor replays it: the two formats
once more, in Python, next to those of the bridge (docs/spec/rsp-extensions.md, docs/spec/recording-format.md)."""
import struct
from typing import NamedTuple

PAGE = 4096
MAGIC = 0x474D494F52544552
HEADER = struct.Struct("<Q4I" + "Q" * 9 + "Q" * 4 + "2I" + "2Q")
CHECKPOINT = struct.Struct("<5Q6I")
EVENT = struct.Struct("<4Q2H3I")


class Recording(NamedTuple):
    machine: dict     # word -> list of words; cpuid left out
    base: list        # number, instant, position, and the event on its way
    cpu: bytes
    pages: dict       # frame -> bytes
    log: bytes        # from the base's position on
    end: int          # instant


def numbers(reply, letter):
    """The numbers in front of the semicolon, and the bytes behind it."""
    assert reply[:1] == letter, reply[:60]
    head, _, rest = reply[1:].partition(";")
    return [int(number, 16) for number in head.split(",")], rest.encode("latin-1")


def take_machine(rsp):
    reply = rsp.exchange("qRetro.Machine")
    assert reply[0] == "M", reply
    lines = [line.split() for line in reply[1:].splitlines()]
    return {words[0]: words[1:] for words in lines if words[0] != "cpuid"}


def take_base(rsp):
    return numbers(rsp.exchange("qRetro.Base"), "B")


def take_pages(rsp):
    pages, frame, frames = {}, 0, 1
    while frame < frames:
        (_, _, frame, frames), data = numbers(rsp.exchange(f"qRetro.Pages:{frame:x}", 60), "P")
        for at in range(0, len(data), 4 + PAGE):
            pages[struct.unpack_from("<I", data, at)[0]] = data[at + 4:at + 4 + PAGE]
    return pages


def take_log(rsp, position):
    """What is there from `position` on, and the instant of its end."""
    log = b""
    while True:
        (_, start, end, now), data = numbers(rsp.exchange(f"qRetro.Log:{position + len(log):x},4000"), "L")
        assert start <= position, "a part of the log has been dropped"
        log += data
        if position + len(log) == end:
            return log, now


def take(rsp):
    base, cpu = take_base(rsp)
    log, end = take_log(rsp, base[2])
    return Recording(take_machine(rsp), base, cpu, take_pages(rsp), log, end)


def events(log):
    at = 0
    while at < len(log):
        event = EVENT.unpack_from(log, at)
        yield event
        at += EVENT.size + (event[6] + 7 & ~7)
    assert at == len(log)


def last_length(log):
    lengths = [EVENT.size + (event[6] + 7 & ~7) for event in events(log)]
    return lengths[-1] if lengths else 0


class State(NamedTuple):
    """A state on the way; `pages` are those that are others than at the state before."""
    instant: int
    position: int
    events: int
    inject: list
    cpu: bytes
    pages: dict


def take_here(rsp, since):
    """The state where a replay stands, and the pages that may have changed since an instant."""
    (_, instant, position, events, *inject), cpu = numbers(rsp.exchange("qRetro.Here"), "H")
    pages, frame, frames = {}, 0, 1
    while frame < frames:
        (_, _, frame, frames), data = numbers(rsp.exchange(f"qRetro.Changes:{since:x},{frame:x}", 60), "C")
        for at in range(0, len(data), 4 + PAGE):
            pages[struct.unpack_from("<I", data, at)[0]] = data[at + 4:at + 4 + PAGE]
    return State(instant, position, events, inject, cpu, pages)


def kept_pages(recording, states):
    """For each state what differs at the next one; for the last all of its memory."""
    memory, kept = dict(recording.pages), []
    for state in states:
        changed = {frame: page for frame, page in state.pages.items() if memory.get(frame, bytes(PAGE)) != page}
        kept.append({frame: memory.get(frame, bytes(PAGE)) for frame in changed})
        memory.update(changed)
    return [*kept, memory]


def image(recording, states=()):
    """The bytes that lie at the address of replay=."""
    machine, base = recording.machine, recording.base
    hidden_pages = [int(machine["hidden-page"][0], 16)] if "hidden-page" in machine else []
    every = [State(base[1], 0, 0, base[3:8], recording.cpu, {}), *states]
    kept = kept_pages(recording, states)
    log_at = PAGE
    cpus_at = log_at + len(recording.log)
    table_at = cpus_at + sum(len(state.cpu) for state in every)
    places_at = table_at + CHECKPOINT.size * len(every)
    pages_at = (places_at + 8 * sum(len(pages) for pages in kept) + PAGE - 1) // PAGE * PAGE
    table, places, pages, cpus = b"", b"", [], b""
    for state, mine in zip(every, kept):
        table += CHECKPOINT.pack(state.instant, state.events, state.position, cpus_at + len(cpus), places_at + len(places),
                                 *state.inject, len(mine))
        cpus += state.cpu
        for frame in sorted(mine):
            places += struct.pack("<2I", frame, len(pages))
            pages.append(mine[frame])
    header = HEADER.pack(
        MAGIC, 2, int(machine["trace-format"][0], 16), int(machine["cpu-state"][0], 16), len(recording.cpu),
        pages_at + PAGE * len(pages), int(machine["ram-end"][0], 16),
        int(machine["hidden"][0], 16), int(machine["hidden"][1], 16),
        len(hidden_pages), *(hidden_pages + [0] * 4)[:4],
        recording.end, log_at, len(recording.log), last_length(recording.log), len(every), len(pages), table_at, pages_at)
    head = header.ljust(log_at, b"\0") + recording.log + cpus + table + places
    return head.ljust(pages_at, b"\0") + b"".join(pages)
