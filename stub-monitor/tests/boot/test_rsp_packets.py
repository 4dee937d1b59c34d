# SPDX-License-Identifier: EPL-2.0
"""Packets beyond the first need, by real gdb and by the small client: memory, threads, offsets."""
import re
import time
import zlib

import pytest

from harness import MonitoredGuest

pytestmark = pytest.mark.monitor


@pytest.fixture
def calls():
    """gdb at a breakpoint in inner(), the guest live; the packets gdb sent are in its transcript."""
    with MonitoredGuest("calls", record="off") as machine, machine.gdb() as gdb:
        gdb.run("break inner")
        gdb.run("continue")
        gdb.run("set debug remote 1")
        yield gdb


def test_find_searches_in_the_monitor(calls):
    found = calls.run("find /w &numbers[0], +sizeof(numbers), numbers[3]")
    assert re.search(r"[1-9] patterns? found", found)
    assert "qSearch:memory:" in found
    assert "Pattern not found" in calls.run("find &numbers[0], +sizeof(numbers), 0x7e57ab1e")


def test_compare_sections_sums_in_the_monitor(calls):
    text = calls.run("compare-sections .text")
    assert "qCRC:" in text and re.search(r"Section .text.*: matched", text)
    calls.run("set debug remote 0")
    calls.run("set var *(char *)&outer = 0x90")
    assert "MIS-MATCHED" in calls.run("compare-sections .text")


def test_info_threads_shows_the_mode(calls):
    text = calls.run("info threads")
    assert "qXfer:threads:read" in calls.transcript
    assert re.search(r'Thread 1 "CPU 0" \(64-bit, ring 0, cr3 0x[0-9a-f]+\)', text)


def test_offsets_move_the_symbols():
    with MonitoredGuest("calls", record="off") as machine:
        with machine.gdb() as gdb:
            here = gdb.value("(unsigned long)&inner")
            gdb.monitor("set offsets 0x10000")
            gdb.run("detach")
        with machine.gdb() as gdb:
            assert gdb.value("(unsigned long)&inner") == here + 0x10000
            assert gdb.value("(unsigned long)&watched") == machine.symbol("watched") + 0x10000


def test_binary_reads_are_what_hexadecimal_reads_are():
    with MonitoredGuest("calls", record="off") as machine, machine.rsp() as rsp:
        start = machine.symbol("inner") & ~0xfff
        assert "binary-upload+" in rsp.features
        for length in (1, 0x7ff, 0x800):
            binary = rsp.exchange(f"x{start:x},{length:x}")
            assert binary[0] == "b"
            assert binary[1:].encode("latin-1") == rsp.read(start, length)
        assert rsp.exchange("x0,0") == "b"
        assert rsp.exchange("xfee00000,4") == "E05"


def test_a_sum_is_that_of_the_bytes():
    with MonitoredGuest("calls", record="off") as machine, machine.rsp() as rsp:
        start = machine.symbol("inner")
        data = bytes(int(f"{byte:08b}"[::-1], 2) for byte in rsp.read(start, 0x300))
        # zlib's is the same polynomial mirrored and inverted at the end
        crc = int(f"{zlib.crc32(data) ^ 0xffffffff:032b}"[::-1], 2)
        assert rsp.exchange(f"qCRC:{start:x},300") == f"C{crc:x}"


def test_info_os_counts():
    with MonitoredGuest("ticks") as machine, machine.gdb() as gdb:
        gdb.run_away()
        machine.wait_printed("^ticks: done ")
        gdb.interrupt()
        assert re.search(r"exits .*interrupts .*ports ", gdb.run("info os"), re.S)
        kinds = gdb.run("info os exits")
        assert re.search(r"^HLT +\d+", kinds, re.M) and re.search(r"^port +\d+", kinds, re.M)
        ticks = sum(int(count) for count in re.findall(r"^0x[0-9a-f]+ +(\d+)", gdb.run("info os interrupts"), re.M))
        assert ticks >= 300
        assert re.search(r"^0x03f8-0x03ff +\d+", gdb.run("info os ports"), re.M)
        before = gdb.run("info os exits")
        gdb.monitor("seek begin")
        gdb.monitor("seek end")
        assert gdb.run("info os exits") == before


@pytest.mark.parametrize("link, length", [("uart", 0x10000), ("virtio", 0x10000)])
def test_a_long_answer_comes_whole_to_one_who_acknowledges_each_packet(link, length):
    """More acknowledgements than a socket holds: the monitor takes them in while it still answers."""
    with MonitoredGuest("hello", link=link) as machine, machine.rsp(acknowledge=True) as rsp:
        lines = rsp.monitor(f"xp 0x100000 {length}")
        assert len(lines) == length // 16
        assert lines[-1].startswith(f"{0x100000 + length - 16:016x} ")
        assert rsp.status()


def test_a_long_answer_waits_for_one_who_is_slow_to_read():
    """A virtio port holds what the host has not read; the sockets between them hold some 200 KB."""
    with MonitoredGuest("hello", link="virtio") as machine, machine.rsp(acknowledge=False) as rsp:
        rsp.send("qRcmd," + b"xp 0x100000 0x10000".hex())
        time.sleep(1)
        assert rsp.receive(60) == "OK"
        assert len(rsp.output.splitlines()) == 0x10000 // 16
