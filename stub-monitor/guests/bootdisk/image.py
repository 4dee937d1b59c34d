#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""Makes a disk of the program in the file: image.py FILE. Behind it stand the sectors of numbers that it reads (layout.h)."""
import pathlib
import struct
import sys

SECTOR_BYTES, PROGRAM_SECTORS, DATA_SECTORS = 512, 16, 32
DISK_BYTES = 1 << 20


def data():
    """The numbers: a linear congruential generator's (Numerical Recipes)."""
    value, words = 1, []
    for _ in range(DATA_SECTORS * SECTOR_BYTES // 4):
        value = (value * 1664525 + 1013904223) & 0xffffffff
        words.append(value)
    return struct.pack(f"<{len(words)}I", *words)


def main():
    path = pathlib.Path(sys.argv[1])
    program = path.read_bytes()
    assert len(program) <= PROGRAM_SECTORS * SECTOR_BYTES, "PROGRAM_SECTORS"
    disk = program.ljust(PROGRAM_SECTORS * SECTOR_BYTES, b"\0") + data()
    path.write_bytes(disk.ljust(DISK_BYTES, b"\0"))


if __name__ == "__main__":
    main()
