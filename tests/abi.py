#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares a provider's tree with what its documentation says.

Prints a line for each thing that is wrong,

    AREA CHECK what and where

and one for each condition that the documentation makes,

    condition here|absent CONDITION

AREA is the directory in bufstat, and "other" elsewhere.  The CHECKs are:
undocumented (it is in the tree), missing (it is not there), mode, page (it says
something else than the ABI file) and form (what cannot be understood).

A path in the ABI file with a slash at its end is a directory.  The last paragraph
of a file's description has a form of its own, see FACTS; with an "Only" at its
end, the file is there if the condition holds, and is not if it does not.
"""

import argparse
import collections
import os
import re
import stat

STATS = "/sys/kernel/stats/"
AREAS = ["net", "sock", "softnet", "blk", "mm"]

# What a placeholder may stand for; a device may be called anything.
PLACEHOLDERS = {
    "<device>": r"[^/]+",
    "<protocol>": r"(?:tcp|udp|raw)(?:v6)?",
    "<disk>": r"[^/]+",
    "<partition>": r"[^/]+",
    "<N>": r"[0-9]+",
    "<zone>": r"[A-Z][A-Za-z0-9]*",
}

# The same sources a second time: documented by what they are twins of.
TWINS = re.compile(r"numa/node[0-9]+/(?=.)")

TAGS = ["Date", "KernelVersion", "Contact", "Description"]
FACTS = re.compile(
    r"Unit: (?P<unit>none|bytes|nanoseconds)\. "
    r"(?P<kind>Cumulative: writing 0 resets it|Instant: read-only)\."
    r"(?: Only (?P<condition>.+)\.)?"
)
CONDITION = re.compile(r"(?:with (CONFIG_\w+))?(?:, )?(?:before Linux ([0-9.]+))?")
MODES = {"cumulative": 0o644, "instant": 0o444}

# What both documents say of a file.
Facts = collections.namedtuple("Facts", "kind unit condition")


def complain(check, path, text):
    area = path.split("/")[0]
    print(area if area in AREAS else "other", check, text)


def tell(facts):
    return ", ".join(fact for fact in facts if fact)


def pattern(path):
    """Return what matches the paths that a documented path stands for."""
    parts = re.split(r"(<\w+>)", path)
    return re.compile("".join(PLACEHOLDERS.get(part) or re.escape(part) for part in parts))


def parse_facts(paragraph):
    """Return the facts in an entry's last paragraph, or None."""
    match = FACTS.fullmatch(" ".join(paragraph.split()))
    if not match:
        return None
    return Facts(match["kind"].split(":")[0].lower(), match["unit"], match["condition"])


def read_abi(lines, name):
    """Return the facts by documented path, which are None for directories."""
    entries = {}
    for block in re.split(r"\n\n(?=What:)", lines):
        read_entry(block, f"{STATS}{name}/", entries)
    return entries


def read_entry(block, root, entries):
    whats = re.findall(r"^What:\t\t(.*)$", block, re.M)
    tags = re.findall(r"^(\w+):", block, re.M)
    text = block.partition("\nDescription:\n")[2]
    for what in whats:
        path = what.removeprefix(root)
        if tags != ["What"] * len(whats) + TAGS or what == path or not text.strip():
            complain("form", path, f"the entry of {what}")
        if path in entries:
            complain("form", path, f"{what} is there twice")
        entries[path] = None
        if path and not path.endswith("/"):
            entries[path] = parse_facts(text.split("\n\n")[-1])
            if not entries[path]:
                complain("form", path, f"the last paragraph of {what}")


def check_order(entries):
    """Those of an area are together, the areas in their order."""
    areas = [path.split("/")[0] for path in entries if path]
    if areas != sorted(areas, key=lambda area: (AREAS + [area]).index(area)):
        complain("form", "", "the entries are not in the order of the directories")


def read_page(lines, name):
    """Return the facts by path of the tables of a page; the title of a table names
    the directories that its files are in, which may begin with the tree's own."""
    facts = {}
    for table in re.split(r"^\.\. list-table:: ", lines, flags=re.M)[1:]:
        title, _, body = table.partition("\n")
        body = re.split(r"\n(?=\S)", body)[0]
        for row in re.split(r"^   \* - ", body, flags=re.M)[2:]:
            cells = [" ".join(cell.split()) for cell in re.split(r"\n     - ", row)]
            file, counts, _, kind, unit, _, _ = cells
            only = counts.partition("; only ")[2]
            for directory in re.findall(r"``(.*?)``", title):
                path = directory.removeprefix(f"{name}/") + file.strip("`")
                facts[path] = Facts(kind, unit, only or None)
    return facts


def compare_page(entries, page):
    files = {path: facts for path, facts in entries.items() if facts}
    for path in sorted(files.keys() - page.keys()):
        complain("page", path, f"{path} is not on the page")
    for path in sorted(page.keys() - files.keys()):
        complain("page", path, f"{path} is on the page only")
    for path in sorted(page.keys() & files.keys()):
        if page[path] != files[path]:
            complain("page", path, f"{path}: {tell(page[path])}; ABI: {tell(files[path])}")


def walk(root):
    """Yield path and mode of all that is in a tree; directories end in a slash."""
    for parent, directories, files in os.walk(root):
        relative = os.path.relpath(parent, root) + "/"
        relative = "" if relative == "./" else relative
        yield relative, None
        for name in files:
            if name == ".snapshot":  # every directory has one
                continue
            yield relative + name, stat.S_IMODE(os.stat(f"{parent}/{name}").st_mode)
        directories.sort()


def holds(condition, release, config):
    """Whether the kernel is one that a condition speaks of."""
    match = CONDITION.fullmatch(condition)
    if not match:
        raise ValueError(f"not a condition: {condition}")
    option, version = match.groups()
    numbers = [int(number) for number in re.findall(r"[0-9]+", release)[:2]]
    if version and numbers >= [int(number) for number in version.split(".")]:
        return False
    return not option or option in config


def compare_tree(root, entries):
    """Return the documented paths that are in the tree."""
    patterns = {path: pattern(path) for path in entries}
    seen = set()
    for path, mode in walk(root):
        plain = TWINS.sub("", path, count=1) if TWINS.match(path) else path
        found = [entry for entry in entries if patterns[entry].fullmatch(plain)]
        if len(found) != 1:
            complain("undocumented", path, f"{path} is what {len(found)} entries say")
            continue
        if plain == path:
            seen.add(found[0])
        facts = entries[found[0]]
        if facts and mode != MODES[facts.kind]:
            complain("mode", path, f"{path} is {facts.kind} and has mode {mode:o}")
    return seen


def check_conditions(entries, seen, kernel):
    """What is documented is there; what has a condition, where that holds."""
    here = collections.Counter()
    for path, facts in entries.items():
        condition = facts.condition if facts else None
        expected = not condition or holds(condition, *kernel)
        if condition:
            here[condition] += path in seen
        if expected and path not in seen:
            complain("missing", path, f"{path} is not there")
        elif not expected and path in seen:
            complain("missing", path, f"{path} is there, but not {condition}")
    for condition, number in here.items():
        print("condition", "here" if number else "absent", condition)


def read_config(path):
    with open(path, encoding="utf-8") as file:
        return set(re.findall(r"^(CONFIG_\w+)=[ym]$", file.read(), re.M))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", help="a directory in /sys/kernel/stats")
    parser.add_argument("abi", help="what is in Documentation/ABI")
    parser.add_argument("page", help="the page with the tables")
    parser.add_argument("config", help="the kernel's configuration")
    options = parser.parse_args()
    name = os.path.basename(options.tree)
    entries = read_abi(read(options.abi), name)
    check_order(entries)
    compare_page(entries, read_page(read(options.page), name))
    seen = compare_tree(options.tree, entries)
    kernel = os.uname().release, read_config(options.config)
    check_conditions(entries, seen, kernel)


if __name__ == "__main__":
    main()
