#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""Every source file of the repository names its licence in its first five lines.

Looks at the files that git knows and at new ones that it does not ignore, wherever it is run.
Prints each violation and exits with 1.
"""

import subprocess
import sys
from pathlib import Path

SUFFIXES = {".c", ".h", ".S", ".ld", ".mk", ".java", ".py", ".sh", ".xml"}
NAMES = {"Makefile", "retrovisor"}
OTHERS_WORK = {"mvnw"}  # the Maven wrapper, with a licence of its own
TAG = "SPDX-License-Identifier: "
LINES = 5


def repository():
    top = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, text=True)
    return Path(top.stdout.strip()) if top.returncode == 0 else None


def files(top):
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=top, capture_output=True, check=True, text=True).stdout
    return [top / name for name in sorted(set(listed.split("\0"))) if name]


def is_source(path):
    named = path.suffix in SUFFIXES or path.name in NAMES
    return named and path.name not in OTHERS_WORK and path.is_file()


def has_tag(path):
    with path.open(encoding="utf-8", errors="replace") as file:
        return any(TAG in line for _, line in zip(range(LINES), file))


def main():
    top = repository()
    if top is None:
        print("spdx: not a git repository (a source archive?), not checked")
        return 0
    missing = [path for path in files(top) if is_source(path) and not has_tag(path)]
    for path in missing:
        print(f"{path.relative_to(top)}: no {TAG.strip()} in the first {LINES} lines")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
