#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes compile_commands.json for clangd, from what kbuild noted of a build.

usage: compile_commands.py OUT KDIR

OUT holds links to the sources; the entries are for the files in the checkout.
"""

import json
import re
import shlex
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

# The rest is gcc's alone, or about code generation.
FOR_CLANG = re.compile(r"-(?:D|U|I|include$|std=|nostdinc$|m64$|fshort-wchar$)")

# KUnit's suites are built only in a kernel tree: they get the flags of this one.
MODEL_FOR_KUNIT = TOP / "statsfs/source.c"


def clang_arguments(command):
    """Return the arguments of a gcc command that clang should get, too."""
    words = iter(shlex.split(command))
    arguments = ["clang"]
    for word in words:
        if FOR_CLANG.match(word):
            arguments.append(word)
            if word == "-include":
                arguments.append(next(words))
    return arguments


def noted_commands(out):
    """Yield (source, command) for each object that kbuild has compiled."""
    for note in sorted(out.rglob(".*.o.cmd")):
        line = note.read_text().splitlines()[0]
        match = re.match(r"(?:saved)?cmd_\S+ := +(.* -c -o \S+ (\S+\.c))\b", line)
        if match and Path(match[2]).is_symlink():
            yield Path(match[2]).resolve(), match[1]


def main():
    out, kdir = (Path(argument).resolve() for argument in sys.argv[1:])
    entries = {}
    for source, command in noted_commands(out):
        entries[source] = clang_arguments(command.replace(str(out), str(TOP)))
    for source in (TOP / "kunit").glob("*.c"):
        entries[source] = entries[MODEL_FOR_KUNIT]
    for source in (TOP / "tests").glob("*.c"):
        entries[source] = ["clang", f"-I{TOP}/include/uapi"]

    commands = [
        {
            "directory": str(kdir),
            "file": str(source),
            "arguments": [*arguments, "-c", str(source)],
        }
        for source, arguments in entries.items()
    ]
    (TOP / "compile_commands.json").write_text(json.dumps(commands, indent=1) + "\n")


if __name__ == "__main__":
    main()
