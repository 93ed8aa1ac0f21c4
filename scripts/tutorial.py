#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the steps of the tutorial in statsfs-api.rst as modules, to be compiled.

A code block named tutorial-STEP-PART replaces the part of that name of the steps
before.  A step is all its parts, in the order of PARTS.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "Documentation/filesystems/statsfs-api.rst"
PARTS = ("head", "values", "sample", "box", "init")
BLOCK = re.compile(
    r"^\.\. code-block:: c\n   :name: tutorial-(\d+)-(\w+)\n\n((?:(?:   .*)?\n)+)", re.M
)


def with_tabs(line):
    """Indent as the kernel does."""
    rest = line.lstrip(" ")
    width = len(line) - len(rest)
    return "\t" * (width // 8) + " " * (width % 8) + rest


def blocks(page):
    """Return the code blocks by step and part."""
    found = {}
    for step, part, text in BLOCK.findall(page):
        if part not in PARTS:
            raise ValueError(f"{PAGE.name}: no such part of the tutorial: {part}")
        lines = [with_tabs(line[3:]) for line in text.splitlines()]
        found[int(step), part] = "\n".join(lines).strip("\n") + "\n"
    return found


def module(found, step):
    """Return what a step is compiled from."""
    parts = ["// SPDX-License-Identifier: GPL-2.0\n"]
    for part in PARTS:
        steps = [n for n, name in found if name == part and n <= step]
        if steps:
            parts.append(found[max(steps), part])
    return parts[0] + "\n".join(parts[1:])


def write(path, text):
    """Leave alone what is as it should be: make looks at times."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    found = blocks(PAGE.read_text())
    steps = sorted({step for step, _ in found})
    if not steps or steps != list(range(1, len(steps) + 1)):
        raise ValueError(f"{PAGE.name}: these are the steps of the tutorial: {steps}")
    for step in steps:
        write(out / f"statsfs_tutorial_{step}.c", module(found, step))
    objects = " ".join(f"statsfs_tutorial_{step}.o" for step in steps)
    write(out / "Makefile", f"# SPDX-License-Identifier: GPL-2.0\nobj-m += {objects}\n")


if __name__ == "__main__":
    main()
