# SPDX-License-Identifier: EPL-2.0
"""Devices with DMA of their own, passed straight through: bare, live, recorded, replayed, stepped backwards."""
import contextlib
import os
import pathlib
import random
import re
import tempfile
import time

import pytest

from devices import DEVICES, device_options
from harness import MonitoredGuest, done_line, run_bare, run_to_done
from test_recorded import check_forward_run, check_replay, check_steps_back

pytestmark = pytest.mark.monitor

RECORDINGS = int(os.environ.get("RETROVISOR_TEST_RECORDINGS", "2"))
DATA = dict.fromkeys(("e1000", "rtl8139", "vnet", "vnet1"), "received")
# What their drivers told the others before cannot be read back: docs/LIMITS.md
READ_BACK = [name for name in DEVICES if name not in ("vblk1", "vnet", "vnet1", "xhci")]


@contextlib.contextmanager
def machine_with_device(name, **options):
    with device_options(name) as (qemu, image):
        with MonitoredGuest(name, options=qemu, **options) as machine, machine.rsp() as rsp:
            yield machine, rsp, image


@contextlib.contextmanager
def recorded(name):
    with machine_with_device(name) as (machine, rsp, image):
        run_to_done(machine, rsp)
        yield machine, rsp, image


def dma_counts(rsp):
    text = "\n".join(rsp.monitor("status"))
    found = re.search(r"^dma pages (\d+) of (\d+), events (\d+) with (\d+) bytes, late (\d+), not watched (\d+)$", text, re.M)
    return dict(zip(("pages", "limit", "events", "bytes", "late", "unwatched"), map(int, found.groups())))


def received(name):
    """The symbol of the memory that the guest's device writes, and that the guest reads."""
    return DATA.get(name, "disk_received")


@pytest.mark.parametrize("name", DEVICES)
def test_guest_alone_and_live(name):
    with device_options(name) as (qemu, _):
        alone = run_bare(name, options=qemu)
    assert done_line(alone) and "error" not in alone
    with machine_with_device(name, record="off") as (machine, rsp, _):
        run_to_done(machine, rsp)
        assert done_line(machine.printed()) == done_line(alone)


@pytest.mark.parametrize("name", DEVICES)
def test_recordings_replay_without_the_device(name):
    """What is on the disk then does not matter: it is emptied."""
    with device_options(name) as (qemu, _):
        digest = done_line(run_bare(name, options=qemu))
    for _ in range(RECORDINGS):
        with recorded(name) as (machine, rsp, image):
            assert done_line(machine.printed()) == digest
            counts = dma_counts(rsp)
            assert counts["events"] > 0 and counts["late"] == 0 and counts["unwatched"] == 0
            if image:
                image.write_bytes(bytes(image.stat().st_size))
            check_replay(machine, rsp)
            check_forward_run(rsp)


@pytest.mark.parametrize("name", DEVICES)
def test_stepped_backwards_over_dma(name):
    with recorded(name) as (machine, rsp, _):
        check_steps_back(rsp, rsp.now(), 20)
        rsp.seek("end")
        event = last_event(rsp, r"dma  page")
        check_steps_back(rsp, event + 10, 20)


def last_event(rsp, pattern, count=40):
    """The instant of the last event that matches."""
    lines = [line for line in rsp.monitor(f"events {count}") if re.search(pattern, line)]
    return int(re.match(r"@(\d+)", lines[-1])[1])


@pytest.mark.parametrize("name", DEVICES)
def test_reverse_continue_lands_on_the_dma_event(name):
    with recorded(name) as (machine, rsp, _):
        address = machine.symbol(received(name))
        now = rsp.read(address, 8)
        rsp.insert(2, address, 8)
        stop = rsp.go_back()
        assert (stop.reason, int(stop.value, 16)) == ("watch", address)
        found = re.search(r"written by a device, not by the guest: @(\d+)  dma  page 0x([0-9a-f]+)", stop.text)
        assert found, stop.text
        assert int(found[2], 16) == address & ~0xfff
        assert rsp.now() == int(found[1])
        before = rsp.read(address, 8)
        assert before != now
        rsp.remove(2, address, 8)
        rsp.step()
        assert rsp.now() == int(found[1]) + 1
        assert rsp.read(address, 8) == now
        rsp.step_back()
        assert rsp.read(address, 8) == before


@pytest.mark.parametrize("name", DEVICES)
def test_going_back_in_the_middle_and_going_live_again(name):
    """The device goes on while the guest is in the past."""
    with device_options(name) as (qemu, _):
        digest = done_line(run_bare(name, options=qemu))
    with machine_with_device(name) as (machine, rsp, _):
        rsp.resume("c")
        machine.wait_printed(f"^{name}: ready")
        for _ in range(4):
            time.sleep(0.05)
            if "done" in machine.printed():
                break
            rsp.interrupt()
            end = rsp.state()
            rsp.seek(max(0, end[0] - 3_000_000))
            rsp.step_back()
            rsp.write(machine.symbol(received(name)), b"\x55" * 16)  # a what-if branch
            time.sleep(0.1)
            rsp.seek("end")
            assert rsp.state() == end
            rsp.resume("c")
        machine.wait_printed(": done ", 60)
        rsp.interrupt()
        assert done_line(machine.printed()) == digest
        check_replay(machine, rsp)
        check_forward_run(rsp)


@pytest.mark.parametrize("name", READ_BACK)
def test_recording_begins_in_the_middle(name):
    """What the driver has told the device before is read back."""
    with machine_with_device(name, record="off") as (machine, rsp, _):
        function = machine.symbol("receive" if DATA.get(name) else "transfer")
        rsp.insert(1, function)
        assert rsp.go().reason == "hwbreak"
        rsp.remove(1, function)
        rsp.monitor("record on")
        run_to_done(machine, rsp)
        assert dma_counts(rsp)["events"] > 0
        check_replay(machine, rsp)
        check_forward_run(rsp)


def test_pages_without_room_are_named_and_room_is_made():
    """With 48 device pages at most. What is left of history is right."""
    with device_options("nvme") as (qemu, _):
        with MonitoredGuest("nvme", options=qemu, log=1) as machine, machine.rsp() as rsp:
            run_to_done(machine, rsp)
            counts = dma_counts(rsp)
            assert counts["unwatched"] > 0 and counts["pages"] <= counts["limit"] == 48
            assert re.search(r"no memory to watch page 0x[0-9a-f]+", machine.debug_output())
            check_replay(machine, rsp)
            check_forward_run(rsp)


def test_memory_limit_is_kept_while_a_device_goes_on():
    """The oldest goes, `monitor status` says how far back one can go, and from there on all is right."""
    with machine_with_device("e1000", log=4) as (machine, rsp, _):
        rsp.write(machine.symbol("echo_packets"), (2000).to_bytes(8, "little"))
        run_to_done(machine, rsp)
        assert "2000 echoes" in machine.printed() and "error" not in machine.printed()
        text = "\n".join(rsp.monitor("status"))
        begin, end = map(int, re.search(r"^history @(\d+)\.\.@(\d+)$", text, re.M).groups())
        log, ring = map(int, re.search(r"^log (\d+) of (\d+) bytes$", text, re.M).groups())
        pages, pool = map(int, re.search(r"^checkpoints \d+, pages (\d+) of (\d+)$", text, re.M).groups())
        assert 0 < begin < end and 0 < log <= ring == 1 << 20 and pages <= pool == (3 << 20) // 4096
        counts = dma_counts(rsp)
        assert counts["late"] == 0 and counts["unwatched"] == 0
        check_replay(machine, rsp)
        check_forward_run(rsp)
        rsp.seek(0)
        assert rsp.now() == begin


def test_divergence_names_the_device_that_was_set_up_before():
    """The firmware has set the disk up; the divergence is RDRAND's."""
    with device_options("vblk") as (_, image):
        disk = ["-drive", f"file={image},if=none,id=d0,format=raw", "-device", "virtio-blk-pci,drive=d0,disable-legacy=on"]
        with MonitoredGuest("unrecorded", record="off", options=["-cpu", "max,-la57", *disk]) as machine, machine.rsp() as rsp:
            rsp.monitor("record on")
            assert "device 1af4:1042 may write memory" in machine.debug_output()
            run_to_done(machine, rsp)
            rsp.seek("begin")
            stop = rsp.go()
            assert "diverged" in stop.text
            assert "device 1af4:1042 may write memory and was set up before the recording began" in stop.text


@pytest.mark.parametrize("name", DEVICES)
def test_recording_ends_in_the_middle(name):
    with device_options(name) as (qemu, _):
        digest = done_line(run_bare(name, options=qemu))
    with machine_with_device(name) as (machine, rsp, _):
        rsp.resume("c")
        machine.wait_printed(f"^{name}: ready")
        rsp.interrupt()
        assert rsp.monitor("record off")
        rsp.resume("c")
        machine.wait_printed(": done ", 60)
        rsp.interrupt()
        assert done_line(machine.printed()) == digest


FLOPPY_BYTES = 1440 * 1024


@contextlib.contextmanager
def floppy_options():
    """A drive whose DMA goes by a controller that the recorder cannot follow."""
    with tempfile.TemporaryDirectory(prefix="retro-floppy-") as directory:
        image = pathlib.Path(directory) / "floppy.raw"
        image.write_bytes(random.Random(5).randbytes(FLOPPY_BYTES))
        yield ["-drive", f"file={image},if=floppy,format=raw"]


def page_of_floppy(machine):
    return machine.symbol("floppy_received")


def test_pages_that_are_not_found_are_noticed_and_named():
    """The message says what to add. A replay over it says that it is not certain, and names the page."""
    with floppy_options() as qemu:
        with MonitoredGuest("floppy", options=qemu) as machine, machine.rsp() as rsp:
            rsp.monitor("digest")  # what memory is before: else its turn has to come twice
            run_to_done(machine, rsp)
            page = page_of_floppy(machine)
            assert dma_counts(rsp)["late"] == 1
            assert f"page {page:#x} was written by a device without the recorder's knowledge" in machine.debug_output()
            assert f"describe the page before it does: monitor set dma {page:#x} 4096" in machine.debug_output()
            rsp.seek("begin")
            stop = rsp.go()
            assert f"a device had written page {page:#x} without the recorder's knowledge" in stop.text


def test_pages_that_are_described_are_recorded():
    with floppy_options() as qemu:
        digest = done_line(run_bare("floppy", options=qemu))
        with MonitoredGuest("floppy", options=qemu) as machine, machine.rsp() as rsp:
            page = page_of_floppy(machine)
            assert rsp.monitor(f"set dma {page:#x} 4096") == [f"dma {page:#x} 4096 (bytes that devices write)"]
            run_to_done(machine, rsp)
            assert done_line(machine.printed()) == digest
            counts = dma_counts(rsp)
            assert counts["late"] == 0 and counts["events"] >= 20
            check_replay(machine, rsp)
            check_forward_run(rsp)


def test_descriptions_of_what_is_no_memory_are_refused():
    with MonitoredGuest("hello") as machine, machine.rsp() as rsp:
        assert "expected: ADDRESS BYTES|off" in rsp.monitor("set dma 0xfee00000 4096")[0]
        assert "expected: ADDRESS BYTES|off" in rsp.monitor("set dma 0x100000 0x100001")[0]
        assert rsp.monitor("set dma 0x100000 1") == ["dma 0x100000 1 (bytes that devices write)"]
        assert rsp.monitor("set dma off") == ["dma off"]
