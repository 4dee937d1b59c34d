# SPDX-License-Identifier: EPL-2.0
"""lldb on the bare link: attaches, breaks, steps, reads memory, watches, detaches."""
import re
import shutil
import subprocess

import pytest

from harness import PACE, MonitoredGuest, wait_listening

LLDB = shutil.which("lldb-14") or shutil.which("lldb")

pytestmark = [pytest.mark.monitor, pytest.mark.skipif(not LLDB, reason="lldb is not installed")]

COMMANDS = ["breakpoint set --name inner", "continue", "bt", "thread step-inst", "thread step-over",
            "memory read --format decimal --size 8 --count 1 &watched",
            "watchpoint set variable watched", "continue", "register read rip", "detach"]


def lldb(machine):
    wait_listening(machine.link)
    first = [f"target create {machine.symbols_from}",
             f"process connect --plugin gdb-remote unix-connect://{machine.link}"]
    words = [word for command in first + COMMANDS for word in ("-o", command)]
    return subprocess.run([LLDB, "-b", "-x", *words], capture_output=True, text=True,
                          timeout=60 * PACE, check=False).stdout


@pytest.mark.parametrize("record", ["off", "on"])
def test_a_session(record):
    with MonitoredGuest("calls", record=record) as machine:
        text = lldb(machine)
        assert re.search(r"stop reason = breakpoint 1\.1", text), text
        assert re.search(r"inner\(x=111\).*middle\(x=101\).*outer\(x=1\).*guest_main", text, re.S)
        assert "stop reason = instruction step into" in text
        assert "stop reason = step over" in text
        before = int(re.search(r"^0x[0-9a-f]+: (\d+)$", text, re.M).group(1))
        old, new = re.search(r"old value: (\d+)\nnew value: (\d+)", text).groups()
        assert int(old) == before and int(new) == before + 222
        assert "stop reason = watchpoint 1" in text
        assert "Process 1 detached" in text
        machine.wait_printed("^calls: done ")
