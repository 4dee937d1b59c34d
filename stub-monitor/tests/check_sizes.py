#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""A C function has at most 60 lines, a source file at most 500.

Relies on the formatter: a function's braces stand in the first column.
Arguments: the files. Prints each violation and exits with 1.
"""

import re
import sys
from pathlib import Path

FUNCTION_LINES = 60
FILE_LINES = 500

NAME = re.compile(r"(\w+)\(")


def functions(lines):
    """Yields (name, line of the opening brace, lines of the body)."""
    opening = None
    for number, line in enumerate(lines, start=1):
        if line == "{":
            opening = number
        elif line == "}" and opening:
            yield name_above(lines, opening), opening, number - opening - 1
            opening = None


def name_above(lines, opening):
    """The first line above the brace that starts in the first column holds the function's name."""
    for line in reversed(lines[: opening - 1]):
        if line and not line[0].isspace():
            found = NAME.search(line)
            return found[1] if found else "?"
    return "?"


def violations(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > FILE_LINES:
        yield f"{path}: {len(lines)} lines (expected: <= {FILE_LINES})"
    if path.suffix == ".S":
        return
    for name, opening, length in functions(lines):
        if length > FUNCTION_LINES:
            yield f"{path}:{opening}: {name} has {length} lines (expected: <= {FUNCTION_LINES})"


def main():
    found = [violation for name in sys.argv[1:] for violation in violations(Path(name))]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
