# SPDX-License-Identifier: EPL-2.0
"""The `retrovisor` script as users call it: usage, other directories, and what the real monitor refuses."""
import os
import pathlib
import socket
import subprocess
import time

import pytest

HOME = pathlib.Path(__file__).resolve().parents[1]
SCRIPT = HOME / "retrovisor"
GUESTS = HOME / "stub-monitor/build/guests"
HELLO = str(GUESTS / "hello.elf")
PROMPT = 6  # seconds for Java, QEMU and the monitor on a busy machine; the message itself takes one
PACE = float(os.environ.get("RETROVISOR_TEST_PACE", "1"))


def call(*arguments, script=SCRIPT, cwd=HOME, path=None):
    """(exit code, standard output, standard error, seconds)"""
    begin = time.monotonic()
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    done = subprocess.run([str(script), *arguments], cwd=cwd, env=environment, capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=120 * PACE)
    return done.returncode, done.stdout, done.stderr, time.monotonic() - begin


@pytest.mark.parametrize("arguments, message", [
    (["frob"], "retrovisor: no such command: frob; see: retrovisor --help\n"),
    (["test", "extra"], "retrovisor: test takes no arguments: extra; see: retrovisor --help\n"),
    (["linux", "extra"], "retrovisor: linux takes no arguments: extra; see: retrovisor --help\n"),
    (["run", "--guest", HELLO, "--nonsense"],
     "retrovisor: Unknown option: '--nonsense'; see: retrovisor run --help\n"),
])
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, message):
    assert call(*arguments)[:3] == (2, "", message)


def test_no_command_shows_the_usage():
    code, out, err, _ = call()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: retrovisor COMMAND")


def test_linux_without_apt_says_what_is_missing(tmp_path):
    empty = {**os.environ, "PATH": path_without_qemu(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run([str(SCRIPT), "linux"], env=empty, capture_output=True, text=True, timeout=60 * PACE)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "retrovisor: Debian's kernel is fetched by apt-get and dpkg-deb, which are missing\n"


def test_bench_refuses_an_option_it_does_not_have():
    assert call("bench", "--nonsense")[0] == 2


def test_works_through_a_link_from_another_directory(tmp_path):
    link = tmp_path / "rv"
    link.symlink_to(SCRIPT)
    assert call("--help", script=link, cwd=tmp_path)[0] == 0
    code, out, _, _ = call("--version", script=link, cwd=tmp_path)
    assert code == 0 and out.startswith("retrovisor ")


def far_guest(tmp_path):
    """A good kernel that wants memory this machine does not have."""
    far = tmp_path / "far.elf"
    subprocess.run(["objcopy", "--change-addresses", "0x70000000", HELLO, str(far)], check=True,
                   capture_output=True)
    return far


def assert_refused(*arguments, says):
    code, out, err, seconds = call("run", "--port", "0", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("retrovisor: the monitor says: cannot start: ") and says in err
    assert err.count("\n") == 1
    assert seconds < PROMPT * PACE


def test_a_guest_that_wants_memory_that_is_no_ram_is_refused_by_the_monitor(tmp_path):
    assert_refused("--guest", str(far_guest(tmp_path)), says="0x70100000-")


def test_a_log_larger_than_the_machine_is_refused_by_the_monitor():
    assert_refused("--guest", HELLO, "--log", "2000", says="not enough RAM")


def test_a_port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        code, _, err, _ = call("run", "--guest", HELLO, "--port", str(port))
    assert code == 5
    assert err == (f"retrovisor: port {port}: in use by another program; "
                   "choose another with --port N, or --port 0 for any free one\n")


def path_without_qemu(tmp_path):
    """A PATH with everything in it but QEMU; apt-get and sudo are not there either."""
    hidden = {"qemu-system-x86_64", "apt-get", "sudo"}
    for folder in reversed(os.environ["PATH"].split(":")):
        for program in pathlib.Path(folder).glob("*"):
            link = tmp_path / program.name
            if program.name not in hidden:
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    return str(tmp_path)


def test_without_qemu_and_apt_the_message_says_what_to_install(tmp_path):
    code, _, err, _ = call("run", "--guest", HELLO, path=path_without_qemu(tmp_path))
    assert code == 3
    assert err == "retrovisor: missing: qemu-system-x86; install what your system calls these\n"


# What tests.sh is sourced into, and what a phase is run by.
BOUNDED = """
set -euo pipefail
home=$1 EXIT_FAILED=1
say() { printf 'retrovisor: %s\\n' "$*" >&2; }
source "$2"
code=0
bounded "$3" "$home/log" cat bash -c "$4" || code=$?
printf '%s passed, %s failed, code %s\\n' "$passed" "$failed" "$code"
"""


def bounded(folder, seconds, command):
    begin = time.monotonic()
    done = subprocess.run(["bash", "-c", BOUNDED, "bash", folder, HOME / ".ci/tests.sh", str(seconds), command],
                          capture_output=True, text=True, timeout=60 * PACE)
    return done.stdout, done.stderr, time.monotonic() - begin


def test_a_phase_that_does_not_end_is_killed_and_has_failed(tmp_path):
    out, err, _ = bounded(tmp_path, 2, "echo begun; sleep 4712 & sleep 4711")
    assert out == "begun\n0 passed, 1 failed, code 124\n"
    assert err == "retrovisor: not ended after 2 s, and killed: begun\n"
    assert subprocess.run(["pgrep", "-f", "sleep 471[12]"], check=False).returncode == 1


def test_a_phase_does_not_wait_for_a_process_that_was_left_behind(tmp_path):
    out, err, seconds = bounded(tmp_path, 50, "echo done; sleep 40 & exit 3")
    assert (out, err) == ("done\n0 passed, 0 failed, code 3\n", "")
    assert seconds < 40
