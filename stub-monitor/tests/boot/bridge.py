# SPDX-License-Identifier: EPL-2.0
"""The Java bridge between a machine's UART and gdb, as a user starts it."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import pytest

from gdb_driver import Gdb
from harness import PACE, STUB_MONITOR, wait_listening, wait_until

JAR = STUB_MONITOR.parent / "gdb-bridge/target/retrovisor.jar"

JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dretrovisor.home={STUB_MONITOR.parent}",
        "-jar", str(JAR)]

# Of which the script is made that `retrovisor gdb` sources.
GDB_SCRIPTS = [STUB_MONITOR.parent / "gdb-bridge/src/main/resources/dev/retrovisor/bridge/gdb" / name
               for name in ("retro.py", "retro_linux.py")]

needs_bridge = pytest.mark.skipif(not JAR.exists(), reason="the bridge is not built")


class Bridge:
    """`retrovisor attach` on a machine of harness.py, or on another address."""

    def __init__(self, machine, *options, address=None):
        if address is None:
            wait_listening(machine.com2)
            address = ["--unix", str(machine.com2)]
        self.machine = machine
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="retro-bridge-"))
        self.socket = self.directory / "gdb.sock"
        self.lines = []
        command = [*JAVA, "attach", *address, "--port", "0",
                   "--listen-unix", str(self.socket), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __enter__(self):
        try:
            self.port = int(self.wait_said(r"target remote localhost:(\d+)", 30).group(1))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def said(self):
        return "\n".join(self.lines)

    def wait_said(self, pattern, seconds=20):
        def look():
            found = re.search(pattern, self.said())
            assert found or self.process.poll() is None, f"the bridge ended: {self.said()}"
            return found
        return wait_until(look, seconds, lambda: f"'{pattern}' in {self.said()!r}")

    def gdb(self, symbols=True, connect=True):
        """Real gdb on the bridge's Unix socket."""
        gdb = Gdb(self.machine.symbols_from if symbols else None, PACE)
        if connect:
            gdb.connect(self.socket)
        return gdb
