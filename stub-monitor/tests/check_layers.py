#!/usr/bin/env python3
# SPDX-License-Identifier: EPL-2.0
"""What a folder of the monitor may include, and where inline assembly may stand.

A file includes headers of its own folder and of lower ones. Folders on one line do not know each
other. An interface may be implemented above its header (debug/debugger.h in exit/debugger.c,
lib/debug_channel.h in cpu/): that is how a lower folder calls up without knowing whom. Only svm/
includes svm/: the rest knows vt/vt.h. The guests see nothing but guests/.
Run in stub-monitor/; prints each violation and exits with 1.
"""

import re
import sys
from pathlib import Path

LAYERS = [  # high to low
    ["boot"],
    ["exit", "rsp"],
    ["record"],
    ["replay"],
    ["debug", "dma"],
    ["npt", "clock", "svm"],
    ["vt", "insn", "agent", "trace", "dev"],
    ["cpu"],
    ["lib"],
]
LEVEL = {folder: level for level, folders in enumerate(LAYERS) for folder in folders}
MAY_HOLD_ASSEMBLY = {"boot", "cpu", "svm", "dev"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
ASSEMBLY = re.compile(r"\b(asm|__asm__|__asm)\b")


def line_of(text, match):
    return text.count("\n", 0, match.start()) + 1


def may_include(folder, other):
    if folder == other:
        return True
    if other == "svm" or other not in LEVEL:
        return False
    return LEVEL[folder] < LEVEL[other]


def monitor_violations(path, text):
    folder = path.parts[0]
    for include in INCLUDE.finditer(text):
        other = Path(include[1]).parts[0]
        if not may_include(folder, other):
            yield line_of(text, include), f"{folder}/ may not include {include[1]}"
    if folder in MAY_HOLD_ASSEMBLY or path.suffix == ".S":
        return
    code = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for assembly in ASSEMBLY.finditer(code):
        yield line_of(code, assembly), f"inline assembly in {folder}/"


def guest_violations(path, text):
    for include in INCLUDE.finditer(text):
        candidates = [Path("guests") / include[1], path.parent / include[1]]
        if not any(candidate.is_file() for candidate in candidates):
            yield line_of(text, include), f"a guest may not include {include[1]}"


def sources(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.suffix in {".c", ".h", ".S"})


def main():
    bad = False
    checks = [(folder, monitor_violations) for folder in LEVEL] + [("guests", guest_violations)]
    for folder, check in checks:
        for path in sources(folder):
            for line, what in check(path, path.read_text(encoding="utf-8")):
                print(f"{path}:{line}: {what}")
                bad = True
    known = set(LEVEL) | {"guests", "tests", "build", "target"}  # target: Maven's
    for folder in sorted(p.name for p in Path(".").glob("[!.]*") if p.is_dir() and p.name not in known):
        print(f"{folder}/: not in the list of layers (tests/check_layers.py)")
        bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
