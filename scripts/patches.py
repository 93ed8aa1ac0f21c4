#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes statsfs as a series of patches for a kernel source tree.

They are what "git format-patch" makes of a repository that is thrown away, with
the messages in graft/patches.  In the cover letter {table | row | column} is a
number of bench/RESULTS.md.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import graft
import series

MESSAGES = series.TOP / "graft/patches"
RESULTS = series.TOP / "bench/RESULTS.md"
COVER = "0000-cover-letter.patch"


class Repository:
    """A repository with those files of the kernel that the series changes."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.git("init", "-q", "-b", "main")
        for name in ("name", "email"):
            value = subprocess.run(
                ["git", "-C", series.TOP, "config", f"user.{name}"],
                capture_output=True,
                text=True,
                check=False,
            ).stdout.strip()
            if not value:
                raise series.SeriesError(f"git does not know who you are: set user.{name}")
            self.git("config", f"user.{name}", value)

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.directory, *arguments], check=True)

    def write(self, path, content):
        place = self.directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def commit(self, message):
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--no-verify", "-m", message)


def state_after(tree, plan, step):
    """Return the contents of all files that a series up to this patch has touched."""
    files = plan.contents(step)
    texts, _ = graft.insert(tree, plan.edits(step))
    files.update({path: text.encode() for path, text in texts.items()})
    return files


def figures():
    """Return the numbers of the measurements by table, row and column."""
    numbers, table, columns = {}, "", []
    for line in RESULTS.read_text().splitlines():
        if line.startswith("## "):
            table, columns = line[3:], []
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            columns = columns or cells
            for column, cell in zip(columns[1:], cells[1:]):
                numbers[table, cells[0], column] = cell
    return numbers


def filled(text):
    """Return a text with the numbers that it names."""
    numbers = figures()

    def number(match):
        key = tuple(part.strip() for part in match[1].split("|"))
        if not numbers.get(key):
            raise series.SeriesError(f"{RESULTS.name} has no {' | '.join(key)}")
        return numbers[key]

    return re.sub(r"\{([^{}]+\|[^{}]+\|[^{}]+)\}", number, text)


def message(name):
    return (MESSAGES / f"{name}.txt").read_text()


def write_cover(path):
    subject, body = message("cover").split("\n\n", 1)
    text = path.read_text()
    text = text.replace("*** SUBJECT HERE ***", subject)
    text = text.replace("*** BLURB HERE ***", filled(body).rstrip())
    path.write_text(text)


def write_series(tree, plan, out):
    """Write the patches for a tree into a directory."""
    repository = Repository(out / "repository")
    for path in {edit.path for edit in plan.edits(plan.last)}:
        repository.write(path, (tree / path).read_bytes())
    repository.commit("the kernel")
    for step, patch in enumerate(plan.patches, 1):
        for path, content in state_after(tree, plan, step).items():
            repository.write(path, content)
        repository.commit(message(patch["message"]))
    repository.git(
        *("format-patch", "-q", "--cover-letter", "--signature="),
        *("-o", out, f"HEAD~{plan.last}"),
    )
    write_cover(out / COVER)
    shutil.rmtree(repository.directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", type=Path, help="an unpacked kernel source")
    parser.add_argument("out", type=Path, help="a directory, made anew")
    parser.add_argument("--maintainer", default="", help="NAME <MAIL>, for MAINTAINERS")
    options = parser.parse_args()
    try:
        tree = options.tree.resolve(strict=True)
        graft.check_kernel(tree)
        if os.path.lexists(tree / graft.RECORD):
            raise graft.GraftError(f"{tree} is grafted: make ungraft first")
        shutil.rmtree(options.out, ignore_errors=True)
        options.out.mkdir(parents=True)
        write_series(tree, series.Series(options.maintainer), options.out.resolve())
    except (graft.GraftError, series.SeriesError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
