# SPDX-License-Identifier: EPL-2.0
"""What our commands for gdb find out about Debian's own kernel, which has no debug information and is where KASLR has put it:
compared with what that Linux says of itself."""
import re

import pytest

import linux_guest
from bridge import GDB_SCRIPTS
from gdb_driver import Gdb, GdbError
from harness import PACE, MonitoredGuest, wait_listening
from test_linux import linux_machine

pytestmark = pytest.mark.monitor

SCRIPT = """cat /proc/modules | sed 's/^/module /'
cd /proc; for task in [0-9]*; do echo "task $task $(cat $task/comm 2>/dev/null)"; done
grep -E ' (init_task|native_safe_halt|vfs_read|e1000_clean|e1000_probe)([[:space:]]|$)' /proc/kallsyms | sed 's/^/symbol /'
echo "linux: done 0"
while :; do sleep 1000; done
"""


@pytest.fixture(scope="module")
def initrd(tmp_path_factory):
    return linux_guest.make_initrd(tmp_path_factory.mktemp("linux") / "initrd.cpio", SCRIPT, modules=["e1000"])


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "retro.py"
    path.write_text("".join(part.read_text() for part in GDB_SCRIPTS))
    return path


def connected(machine, script):
    wait_listening(machine.link)
    gdb = Gdb(None, 4 * PACE)
    gdb.connect(machine.link)
    gdb.run(f"source {script}")
    return gdb


def console(machine):
    """The kernel's own messages on its console."""
    return [line.rstrip("\r") for line in re.findall(r"^\[ *\d+\.\d{6}\] .*$", machine.printed(), re.M)]


def numbers(pattern, text):
    return {found[0]: [int(word, 16 if word.startswith("0x") else 10) for word in found[1:]]
            for found in re.findall(pattern, text, re.M)}


def test_gdb_shows_linuxs_messages_processes_modules_and_symbols(initrd, script):
    linux = linux_guest.files()
    with linux_machine(linux.kernel, initrd, start="running", record="off", icount=False, link="virtio") as machine:
        machine.wait_printed(r"linux: done", 120)
        printed = machine.printed()
        with connected(machine, script) as gdb:
            messages = gdb.run("retro dmesg").splitlines()
            assert console(machine) and set(console(machine)) <= set(messages)
            assert gdb.run("retro-dmesg 3").splitlines() == messages[-3:]

            tasks = {int(pid): name for pid, name in re.findall(r"^task (\d+) (\S+)\r?$", printed, re.M)}
            shown = {int(pid): name for pid, name in re.findall(r"^ *(\d+) +\d+ \S+ +0x\w+ \[?([^]\n]+)\]?$", gdb.run("retro ps"), re.M)}
            assert shown[0] == "swapper/0" and shown[1] == tasks[1] == "init"
            stay = {pid for pid in tasks if not tasks[pid].startswith(("kworker", "grep", "sed", "cat"))}
            assert len(stay) > 15 and stay <= set(shown)
            assert all(tasks[pid].startswith(shown[pid]) for pid in stay)

            modules = numbers(r"^module (\w+) (\d+) .* (0x\w+)", printed)
            assert "e1000" in modules
            assert numbers(r"^(\w+) +(\d+) (0x\w+)$", gdb.run("retro lsmod")) == modules

            addresses = {name: int(address, 16) for address, name in re.findall(r"^symbol (\w+) \w (\w+)", printed, re.M)}
            assert len(addresses) == 5
            for _ in range(2):  # the second time in place of the first
                assert f"Linux {linux.version}, moved by 0x" in gdb.run("retro symbols")
                for name, address in addresses.items():
                    assert gdb.value(f"(unsigned long)&{name}") % (1 << 64) == address
            assert gdb.run("info symbol e1000_clean").startswith("e1000_clean in section .text")


def test_in_the_past_linuxs_messages_end_where_it_is(initrd, script):
    linux = linux_guest.files()
    with linux_machine(linux.kernel, initrd, start="running", log=384, memory=500, link="virtio") as machine:
        machine.wait_printed(r"linux: ready", 240)
        with connected(machine, script) as gdb:
            messages = gdb.run("retro dmesg").splitlines()
            end = int(re.search(r"now @(\d+)", gdb.run("retro status"))[1])
            gdb.run(f"retro seek {end - end // 20}")
            earlier = gdb.run("retro dmesg").splitlines()
            assert 10 < len(earlier) < len(messages)
            assert earlier == messages[:len(earlier)]
            gdb.run("retro seek begin")
            with pytest.raises(GdbError, match="no Linux in memory"):
                gdb.run("retro dmesg")


def test_where_there_is_no_linux_that_is_said(script):
    with MonitoredGuest("hello", record="off", memory=64, log=8) as machine, connected(machine, script) as gdb:
        for command in ["retro dmesg", "retro ps", "retro lsmod", "retro symbols"]:
            with pytest.raises(GdbError, match="no Linux in memory"):
                gdb.run(command)
        assert '"0"' in gdb.run("maint packet qRetro.PhysicalMemory")  # addresses are linear again
