# SPDX-License-Identifier: EPL-2.0
"""A Unix socket in front of the monitor's, whose connections can be cut, held up, and made slow."""
import os
import socket
import threading
import time

from harness import wait_listening

PIECE = 4096


class Relay:
    """QEMU sees its client go when it is cut, too. `bytes_per_second`: of what comes from the monitor; 0: as fast as it goes."""

    def __init__(self, machine, path, bytes_per_second=0):
        wait_listening(machine.link)
        self.machine, self.path = machine, path
        self.bytes_per_second = bytes_per_second
        self.passes = threading.Event()
        self.passes.set()
        self.ends = []
        self.listen()

    def listen(self):
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(self.path))
        self.server.listen(1)
        threading.Thread(target=self._accept, args=[self.server], daemon=True).start()

    def _accept(self, server):
        try:
            while True:
                near = server.accept()[0]
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.machine.link))
                self.ends = [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=[one, other, other is near], daemon=True).start()
        except OSError:
            pass

    def _pass_on(self, one, other, is_slow):
        try:
            while data := one.recv(PIECE):
                self.passes.wait()
                if is_slow and self.bytes_per_second:
                    time.sleep(len(data) / self.bytes_per_second)
                other.sendall(data)
        except OSError:
            pass

    def close(self):
        self.server.close()

    def cut(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        os.unlink(self.path)
        for end in self.ends:
            end.shutdown(socket.SHUT_RDWR)
            end.close()

    def away(self, seconds):
        self.cut()
        time.sleep(seconds)
        self.listen()

    def stall(self, seconds):
        """Nothing is lost, and nothing comes."""
        self.passes.clear()
        time.sleep(seconds)
        self.passes.set()
