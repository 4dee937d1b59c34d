# SPDX-License-Identifier: EPL-2.0
"""Sends UDP messages to the packetd guest, at random moments, until told to stop."""
import random
import socket
import threading
import time


# On an overloaded host QEMU's network now and then stops delivering for good, also without the monitor
# (the card's interrupt line is low, its ring empty): the guest cannot crash then, and is started anew.
ATTEMPTS = 3
PATIENCE = 40


def until_it_crashes(start):
    """What start() returns, if it does so without AssertionError in one of the attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return start()
        except AssertionError:
            if attempt == ATTEMPTS:
                raise


class PacketdSender(threading.Thread):
    """`with PacketdSender(port, rate): ...` sends `rate` messages a second on average (Poisson)."""

    def __init__(self, port, rate=1000, seed=None):
        super().__init__(daemon=True)
        self.port = port
        self.rate = rate
        self.random = random.Random(seed)
        self.sent = 0
        self.enough = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        self.join(5)

    def _message(self):
        station = self.random.randrange(12)
        padding = "." * self.random.randrange(20, 200)
        return f"PUMP-{station:03d} reading {self.sent:06d} {padding}".encode()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("127.0.0.1", self.port))
            due = time.perf_counter()
            while not self.enough.is_set():
                try:
                    s.send(self._message())
                except OSError:
                    pass
                self.sent += 1
                due = max(due, time.perf_counter() - 0.05) + self.random.expovariate(self.rate)
                if (wait := due - time.perf_counter()) > 0.0001:
                    time.sleep(wait)
