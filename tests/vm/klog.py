#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Finds the kernel's complaints in a console log.

As a program: prints those in the file that it is given, and fails if there are any.
With --functions FILE, which has a name per line, data races between others are only
counted: the kernel has some of its own.
"""

import argparse
import re
import sys
from pathlib import Path

# Innocent messages contain words such as "warning" too: a pattern must match at
# the start of a message, behind its time stamp.
PREFIX = r"(?:<\d+>)?(?:\[ *\d+\.\d+\])?(?:\[ *[TC]\d+\])? ?"

COMPLAINTS = (
    r"WARNING: ",  # WARN(), lockdep, RCU
    r"(?:watchdog: )?BUG: ",  # oopses, KASAN, KCSAN, KFENCE, lockups
    r"BUG [\w:.-]+ \(",  # SLUB, with the cache's name
    r"kernel BUG at ",
    r"Oops: ",
    r"Kernel panic - not syncing",
    r"general protection fault",
    r"Call Trace:",
    r"UBSAN: ",
    r"(?:rcu: )?INFO: rcu\w* (?:self-)?detected ",
    r"INFO: task .* blocked for more than",
    r"INFO: trying to register non-static key",
    r"kmemleak: \d+ new suspected memory leaks",
    r"ODEBUG: ",
    r"refcount_t: ",
    r"list_(?:add|del) corruption",
    r"unregister_netdevice: waiting for",
    r"VFS: Busy inodes after unmount",
    r"kobject_add_internal failed",
    r"sysfs: cannot create duplicate",
)
COMPLAINT = re.compile(f"{PREFIX}(?:{'|'.join(COMPLAINTS)})")

# What the kernel says where tests/failnth.c has made an allocation fail: a line,
# or one with a call trace.  In any other run that is a complaint.
INJECTED = re.compile(rf"{PREFIX}kobject_add_internal failed for .* \(error: -12 ")
INJECTED_TRACE = re.compile(
    rf"{PREFIX}(?:failnth: (?:vmalloc error|page allocation failure): "
    r"|kmem_cache_create_usercopy\(\w+\) failed with error -(?:12|22)"
    r"|sysctl could not get directory: \S+ -12$)"
)
END_OF_INJECTED = " </TASK>"

# Where kobject_init_and_add() has no memory, sysfs_slab_add() does not put the kobject:
# its name is lost.  That is the kernel's own leak.
LEAKS = re.compile(rf"{PREFIX}kmemleak: \d+ new suspected memory leaks")
LEAKED = "unreferenced object "
LEAKED_BY_KERNEL = " sysfs_slab_add+"

# Lines that belong to a complaint: enough for registers and a call trace.
CONTEXT = 40
END_OF_TRACE = "---[ end "

# KCSAN prints two stacks, and a line of these at the end.
RACE = re.compile(f"{PREFIX}BUG: KCSAN: ")
RACE_CONTEXT = 200
END_OF_RACE = "=" * 20
FRAME = re.compile(PREFIX + r" +(?P<function>[\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+")


def kernel_leaks_only(text):
    """Whether all that was leaked was leaked by the kernel, for want of memory."""
    leaked = text.split(LEAKED)[1:]
    return leaked and all(LEAKED_BY_KERNEL in one for one in leaked)


def without_injected(text):
    """Return the lines that are not about failures that were asked for."""
    rest = []
    trace = False
    leaks_are_known = kernel_leaks_only(text)
    for line in text.splitlines():
        if trace:
            trace = not line.endswith(END_OF_INJECTED)
        elif INJECTED_TRACE.match(line):
            trace = True
        elif not INJECTED.match(line) and not (leaks_are_known and LEAKS.match(line)):
            rest.append(line)
    return rest


def complaints(text, injects=False):
    """Return a list of complaints, each with the lines that follow it.

    What turns up within the lines of one complaint is part of it, not another.
    `injects`: allocations were made to fail.
    """
    found = []
    lines = without_injected(text) if injects else text.splitlines()
    number = 0
    while number < len(lines):
        start = number
        number += 1
        if not COMPLAINT.match(lines[start]):
            continue
        is_race = RACE.match(lines[start])
        limit = min(start + (RACE_CONTEXT if is_race else CONTEXT), len(lines))
        end = END_OF_RACE if is_race else END_OF_TRACE
        while number < limit and end not in lines[number - 1]:
            number += 1
        found.append("\n".join(lines[start:number]))
    return found


def complaints_in(path, injects=False):
    return complaints(Path(path).read_text(errors="replace"), injects)


def is_foreign_race(complaint, functions):
    """Whether it is a data race with none of `functions` in its two stacks."""
    frames = {
        match["function"] for line in complaint.splitlines() if (match := FRAME.match(line))
    }
    return RACE.match(complaint) and frames.isdisjoint(functions)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log")
    parser.add_argument("--functions", type=Path, metavar="FILE")
    options = parser.parse_args()
    found = complaints_in(options.log)
    if options.functions:
        functions = set(options.functions.read_text().split())
        ours = [text for text in found if not is_foreign_race(text, functions)]
        print(f"{len(found) - len(ours)} data races elsewhere in the kernel")
        found = ours
    print(*found, sep="\n\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
