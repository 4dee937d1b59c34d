#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""Writes tests/host/fuzz/corpus: what a real gdb sends in the dialogue of gdb_session.py.

Usage, in stub-monitor/: tests/host/fuzz/make_corpus.py build/host/rsp_tcp_server
Only needed when the dialogue has changed; what it writes is kept in the repository.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import gdb_session  # noqa: E402

PACKETS_PER_FILE = 12


def sent_packets(log):
    """The payloads that gdb sent, unescaped, each once in a row."""
    packets = []
    for line in log.splitlines():
        for payload in re.findall(r"\$((?:[^#]|\\.)*)#[0-9a-f]{2}", line[2:] if line[:2] == "w " else ""):
            data = payload.encode("latin-1").decode("unicode_escape").encode("latin-1")
            if b"\n" not in data and (not packets or packets[-1] != data):
                packets.append(data)
    return packets


def main():
    port = gdb_session.free_port()
    server = subprocess.Popen([sys.argv[1], str(port)])
    with tempfile.NamedTemporaryFile() as log:
        commands = [f"set remotelogfile {log.name}", "target remote {port}"]
        # Each connection begins the log anew: only the first is kept.
        commands += [c for c, _ in gdb_session.DIALOGUE if not c.startswith(("detach", "target", "kill"))]
        try:
            gdb_session.run_gdb([c.format(port=f"127.0.0.1:{port}") for c in commands])
        finally:
            server.terminate()
            server.wait()
        packets = sent_packets(pathlib.Path(log.name).read_text(encoding="latin-1"))
    folder = HERE / "corpus"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("session-*"):
        old.unlink()
    for i in range(0, len(packets), PACKETS_PER_FILE):
        name = folder / f"session-{i // PACKETS_PER_FILE:02}"
        name.write_bytes(b"\n".join(packets[i:i + PACKETS_PER_FILE]))
    print(f"{len(packets)} packets")


if __name__ == "__main__":
    main()
