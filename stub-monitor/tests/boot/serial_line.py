# SPDX-License-Identifier: EPL-2.0
"""A serial line between a pseudo-terminal and QEMU's UART: as slow as its baud rate, and as bad as one likes."""
import multiprocessing
import os
import random
import select
import socket
import time
import tty

from harness import wait_listening

BITS_OF_A_BYTE = 10  # 8N1


class Direction:
    """Bytes on their way, one after another."""

    def __init__(self, baud, odds, random_numbers, repeats=False):
        self.byte_time = BITS_OF_A_BYTE / baud
        self.odds = odds
        self.repeats = repeats
        self.random = random_numbers
        self.harmed = multiprocessing.Value("q", 0, lock=False)  # the line is a process of its own
        self.passed = multiprocessing.Value("q", 0, lock=False)
        self.waiting = []  # (when it arrives, byte)
        self.free_at = 0.0

    def put(self, data, now):
        for byte in data:
            self.free_at = max(self.free_at, now) + self.byte_time
            self.passed.value += 1
            if self.odds.value and self.random.random() < self.odds.value:
                self.harmed.value += 1
                if self.random.random() < 0.5:
                    continue
                if self.repeats and self.random.random() < 0.5:
                    self.waiting.append((self.free_at, byte))
                else:
                    byte ^= 1 << self.random.randrange(8)
            self.waiting.append((self.free_at, byte))

    def take(self, now):
        due = 0
        while due < len(self.waiting) and self.waiting[due][0] <= now:
            due += 1
        data = bytes(byte for _, byte in self.waiting[:due])
        del self.waiting[:due]
        return data

    def next_in(self, now):
        return max(0.0, self.waiting[0][0] - now) if self.waiting else 0.2


class SerialLine:
    """Its near end is the device at `path`; `odds` is the part of bytes that are lost, have a bit flipped or, with `repeats`, come
    twice."""

    def __init__(self, machine, baud=115200, odds=0.0, seed=1, repeats=False):
        wait_listening(machine.com2)
        self.far = socket.socket(socket.AF_UNIX)
        self.far.connect(str(machine.com2))
        self.near, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)
        numbers = random.Random(seed)
        self._odds = multiprocessing.Value("d", odds, lock=False)
        self.out = Direction(baud, self._odds, numbers, repeats)
        self.back = Direction(baud, self._odds, numbers, repeats)
        self.process = None

    def start(self):
        self.process = multiprocessing.get_context("fork").Process(target=self._run, daemon=True)
        self.process.start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()
        self.far.close()
        os.close(self.near)
        os.close(self.slave)

    @property
    def odds(self):
        return self._odds.value

    @odds.setter
    def odds(self, odds):
        """From now on."""
        self._odds.value = odds

    @property
    def harmed(self):
        return self.out.harmed.value + self.back.harmed.value

    @property
    def passed(self):
        return self.out.passed.value + self.back.passed.value

    def _run(self):
        while True:
            now = time.monotonic()
            patience = min(self.out.next_in(now), self.back.next_in(now))
            ready = select.select([self.near, self.far], [], [], patience)[0]
            now = time.monotonic()
            if self.near in ready:
                self.out.put(os.read(self.near, 4096), now)
            if self.far in ready:
                data = self.far.recv(4096)
                if not data:
                    return
                self.back.put(data, now)
            self.far.sendall(self.out.take(now))
            data = self.back.take(now)
            if data:
                os.write(self.near, data)
