# SPDX-License-Identifier: EPL-2.0
"""A small GDB remote protocol client, to say to the monitor exactly what a test wants to say.

Acknowledges, checksums and retransmits as gdb does; every wait has an end. Stop replies come as
Stop(signal, reason, value, registers); `monitor` commands as lists of lines.
"""
import re
import socket
import time
from typing import NamedTuple

RIP, RSP, RBP = 0x10, 7, 6


class Stop(NamedTuple):
    signal: int
    reason: str     # "watch", "swbreak", "replaylog", ... or ""
    value: str      # what stood behind the reason's colon
    registers: dict  # number -> value: the expedited ones
    text: str       # what the monitor said before it (O packets)

    @property
    def rip(self):
        return self.registers[RIP]

    @property
    def where(self):
        """In one word, for comparing: "replaylog:end", or what the monitor said instead."""
        return f"{self.reason}:{self.value}" if self.reason else f"T{self.signal:02x} {self.text}"


class RspError(AssertionError):
    """The other side broke the protocol, or was silent too long."""


class RspClient:
    def __init__(self, path, acknowledge=True, pace=1.0, stop=True):
        """Connects; a guest that runs is stopped, as gdb does it, unless told otherwise."""
        self.acknowledge = True
        self.pace = pace
        self.buffer = b""
        self.output = ""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.sendall(b"+")
        self.features = self.exchange("qSupported:swbreak+;hwbreak+;vContSupported+", 20)
        if not acknowledge:
            assert self.exchange("QStartNoAckMode") == "OK"
            self.acknowledge = False
        if stop:
            self.exchange("?")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # ---- packets ----

    def _more(self, deadline):
        """Waits for bytes and appends them to the buffer."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise RspError("silence")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                continue
            if not data:
                raise RspError("connection closed")
            self.buffer += data
            return

    def _packet(self, deadline):
        """The next packet's payload, acknowledged; a '+' or '-' in between is passed over."""
        while True:
            while not (found := re.search(rb"\$([^#]*)#(..)", self.buffer, re.DOTALL)):
                self._more(deadline)
            self.buffer = self.buffer[found.end():]
            body, wanted = found[1], int(found[2], 16)
            good = sum(body) & 0xFF == wanted
            if self.acknowledge:
                self.socket.sendall(b"+" if good else b"-")
            if good:
                return expand(body).decode("latin-1")
            if not self.acknowledge:
                raise RspError(f"checksum of {body!r}")

    def send_raw(self, data):
        self.socket.sendall(data)

    def send(self, payload):
        data = payload.encode("latin-1") if isinstance(payload, str) else payload
        self.send_raw(b"$" + data + b"#%02x" % (sum(data) & 0xFF))

    def receive(self, seconds=10):
        """The next packet that is not console output, which is collected in `output`."""
        deadline = time.monotonic() + seconds * self.pace
        while True:
            packet = self._packet(deadline)
            if packet == "OK" or not re.fullmatch(r"O([0-9a-f]{2})+", packet):
                return packet
            self.output += bytes.fromhex(packet[1:]).decode(errors="replace")

    def exchange(self, payload, seconds=10):
        self.send(payload)
        return self.receive(seconds)

    # ---- running ----

    def resume(self, packet):
        """Starts the guest (or a journey backwards) and does not wait for its stop."""
        self.output = ""
        self.send(packet)

    def wait_stop(self, seconds=60):
        return parse_stop(self.receive(seconds), self.output)

    def run(self, packet, seconds=60):
        self.resume(packet)
        return self.wait_stop(seconds)

    def interrupt(self, seconds=10):
        self.send_raw(b"\x03")
        return self.wait_stop(seconds)

    def step(self):
        return self.run("vCont;s:1")

    def step_back(self):
        return self.run("bs")

    def go(self, seconds=60):
        return self.run("vCont;c", seconds)

    def go_back(self, seconds=60):
        return self.run("bc", seconds)

    def why(self):
        return parse_stop(self.exchange("?"), "")

    # ---- state ----

    def registers(self):
        """The whole `g` packet: equal registers, equal text."""
        return self.exchange("g")

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.exchange(f"p{number:x}")), "little")

    def read(self, address, length):
        reply = self.exchange(f"m{address:x},{length:x}")
        assert not reply.startswith("E"), f"reading {address:#x}: {reply}"
        return bytes.fromhex(reply)

    def read_u64(self, address):
        return int.from_bytes(self.read(address, 8), "little")

    def write(self, address, data):
        assert self.exchange(f"M{address:x},{len(data):x}:{data.hex()}") == "OK"

    def insert(self, kind, address, length=1):
        assert self.exchange(f"Z{kind},{address:x},{length:x}") == "OK"

    def remove(self, kind, address, length=1):
        assert self.exchange(f"z{kind},{address:x},{length:x}") == "OK"

    def go_to(self, address, seconds=60):
        """Forwards to the next execution of an address, also from that address, as gdb does it."""
        self.step()
        self.insert(1, address)
        stop = self.go(seconds)
        self.remove(1, address)
        return stop

    # ---- monitor commands ----

    def monitor(self, command, seconds=60):
        """The lines a `monitor` command prints."""
        self.output = ""
        reply = self.exchange("qRcmd," + command.encode().hex(), seconds)
        assert not re.fullmatch(r"E[0-9a-f]{2}|", reply), f"monitor {command}: {reply!r}"
        if reply != "OK":
            self.output += bytes.fromhex(reply).decode(errors="replace")
        return self.output.splitlines()

    def status(self):
        """`monitor status` as {"mode": ..., "now": N, "history": (A, B)}."""
        text = "\n".join(self.monitor("status"))
        status = {"mode": re.search(r"^mode (.*)$", text, re.MULTILINE).group(1)}
        if now := re.search(r"^now @(\d+)$", text, re.MULTILINE):
            status["now"] = int(now.group(1))
        if history := re.search(r"^history @(\d+)\.\.@(\d+)$", text, re.MULTILINE):
            status["history"] = (int(history.group(1)), int(history.group(2)))
        return status

    def now(self):
        return self.status()["now"]

    def seek(self, where, seconds=120):
        """Travels to an instant (a number, "begin" or "end"); returns the instant reached."""
        word = where if isinstance(where, str) else f"@{where}"
        text = "\n".join(self.monitor(f"seek {word}", seconds))
        reached = re.search(r"^now at @(\d+)$", text, re.MULTILINE)
        assert reached, f"seek {word}: {text}"
        return int(reached.group(1))

    def _digest_line(self, pattern):
        text = "\n".join(self.monitor("digest"))
        found = re.search(pattern, text, re.MULTILINE)
        assert found, f"monitor digest: {text}"
        return found.group(1)

    def digest(self):
        """The checksum over the guest's registers and memory."""
        return self._digest_line(r"^guest ([0-9a-f]+)")

    def monitor_digest(self):
        """The checksum over the monitor's own code and constants."""
        return self._digest_line(r"^monitor ([0-9a-f]+)")

    def state(self):
        """All that must be the same when the same instant is reached again."""
        return self.now(), self.registers(), self.digest()


SPECIAL = re.compile(rb"\}(.)|(.)\*(.)", re.DOTALL)


def expand(body):
    """Undoes run-length encoding and escapes; a byte that is escaped is not repeated."""
    def plain(found):
        escaped, repeated, count = found.groups()
        return bytes([escaped[0] ^ 0x20]) if escaped else repeated * (count[0] - 28)
    return SPECIAL.sub(plain, body)


def parse_stop(packet, text):
    if not re.match(r"[TS][0-9a-f]{2}", packet):
        raise RspError(f"no stop reply: {packet!r}")
    reason = value = ""
    registers = {}
    for item in filter(None, packet[3:].split(";")):
        name, _, content = item.partition(":")
        if re.fullmatch(r"[0-9a-f]+", name):
            registers[int(name, 16)] = int.from_bytes(bytes.fromhex(content), "little")
        elif name not in ("thread", "core"):
            reason, value = name, content
    return Stop(int(packet[1:3], 16), reason, value, registers, text)
