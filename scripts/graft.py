#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Puts statsfs where it belongs in a kernel source tree, and takes it out again.

graft/series.toml says which file goes where, in which patch of the series it
comes, and what other files of the kernel have to say about it.  The tree keeps a
record, .statsfs-graft, of what was done to it.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import series

RECORD = ".statsfs-graft"
TOP = series.TOP

# What tells a kernel's source from its headers, and from anything else.
KERNEL_FILES = ("MAINTAINERS", "Makefile", "Kbuild", "fs/Kconfig", "fs/libfs.c")

# What a build leaves in a directory.
BUILT = re.compile(r"\..*\.(cmd|d)|.*\.(o|a|ko|mod|mod\.c|su|i|lst|s)|modules\.order")

# kbuild prefers this to the Makefile beside it.
COMPAT_KBUILD = """\
# SPDX-License-Identifier: GPL-2.0
#
# This kernel is older than the sources: they get what it lacks.
include $(srctree)/fs/statsfs/compat.mk
subdir-ccflags-y += $(statsfs-compat-y) -include $(srctree)/fs/statsfs/compat.h
include $(srctree)/fs/statsfs/Makefile
"""
# With headers that other kernels do not have at all.
COMPAT_FILES = ("statsfs/compat.mk", "statsfs/compat.h", "statsfs/compat/**/*.h")


class GraftError(Exception):
    """What a person has to be told."""


@dataclass
class Record:
    """What was done to a tree."""

    files: dict = field(default_factory=dict)  # path: hash, or where a link leads
    directories: list = field(default_factory=list)  # the outer ones first
    edits: list = field(default_factory=list)  # [path, the line before, text]

    @classmethod
    def read(cls, tree):
        return cls(**json.loads((tree / RECORD).read_text()))

    def write(self, tree):
        replace(tree / RECORD, json.dumps(vars(self), indent=1).encode() + b"\n")


def replace(path, content):
    """Write a file anew: what is linked to the old one stays as it is."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, mode)
    os.replace(file.name, path)


def state(path):
    """Return what is at a path: a hash, where a link leads, or None."""
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    if not path.exists():
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_kernel(tree):
    for name in KERNEL_FILES:
        if not (tree / name).is_file():
            raise GraftError(f"{tree} is no kernel source tree: it has no {name}")


def needs_compat(tree):
    """Tell whether the kernel lacks something that the sources use."""
    makefile = (
        f"include {TOP}/statsfs/compat.mk\nall:\n\t@echo $(strip $(statsfs-compat-y))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")}
    found = subprocess.run(
        ["make", "-s", "-f", "-", f"srctree={tree}"],
        input=makefile,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise GraftError(f"{tree}: {found.stderr.strip()}")
    return bool(found.stdout.strip())


def contents(tree, plan, step):
    """Return what the tree gets: files by path, and which file here is the same."""
    files = plan.contents(step)
    origins = plan.files(step)
    if needs_compat(tree):
        files["fs/statsfs/Kbuild"] = COMPAT_KBUILD.encode()
        for path in (path for pattern in COMPAT_FILES for path in TOP.glob(pattern)):
            source = str(path.relative_to(TOP))
            dest = f"fs/{source}"
            files[dest] = (TOP / source).read_bytes()
            origins[dest] = source
    return files, origins


def insert(tree, edits):
    """Return the new contents of files that are edited, and a record of the edits."""
    texts, done = {}, []
    for edit in edits:
        text = texts.get(edit.path)
        if text is None:
            text = (tree / edit.path).read_text()
        try:
            line, texts[edit.path] = edit.apply(text)
        except LookupError as error:
            raise GraftError(f"{tree / edit.path}: {error}") from error
        done.append([edit.path, line, edit.text])
    return texts, done


def put(tree, files, links, record):
    """Create files; `links` says for which a link will do."""
    for path, content in sorted(files.items()):
        place = tree / path
        for directory in reversed(place.relative_to(tree).parents):
            if not (tree / directory).exists():
                (tree / directory).mkdir()
        if path in links:
            place.symlink_to(TOP / links[path])
        else:
            replace(place, content)
    record.write(tree)


def new_directories(tree, files):
    wanted = {parent for path in files for parent in Path(path).parents}
    return sorted(str(d) for d in wanted if not (tree / d).exists())


def check_unused(tree, files):
    taken = [path for path in sorted(files) if os.path.lexists(tree / path)]
    if taken:
        raise GraftError(f"{tree} has a {taken[0]} that make graft did not put there")


def graft(tree, plan, link=False):
    """Put everything into a tree; with `link` only code, as links to the files here."""
    check_kernel(tree)
    if (tree / RECORD).exists():
        raise GraftError(f"{tree} has statsfs already; to do it again: make ungraft first")
    files, origins = contents(tree, plan, plan.last)
    edits = plan.edits(plan.last)
    if link:
        files = {path: files[path] for path in files if path.startswith(("fs/", "include/"))}
        edits = [edit for edit in edits if edit.path.startswith("fs/")]
    check_unused(tree, files)
    texts, done = insert(tree, edits)
    links = {}
    if link:
        links = {
            path: origins[path]
            for path in files
            if path in origins and files[path] == (TOP / origins[path]).read_bytes()
        }
    record = Record(directories=new_directories(tree, files), edits=done)
    for path, content in files.items():
        if path in links:
            record.files[path] = f"-> {TOP / links[path]}"
        else:
            record.files[path] = hashlib.sha256(content).hexdigest()
    # First of all: what is interrupted can be undone.
    record.write(tree)
    put(tree, files, links, record)
    for path, text in texts.items():
        replace(tree / path, text.encode())


def taken_out(tree, record):
    """Return the contents of the edited files as they were."""
    texts = {}
    for path, line, inserted in reversed(record.edits):
        text = texts.get(path) or (tree / path).read_text()
        if line + inserted in text:
            text = text.replace(line + inserted, line, 1)
        elif text.count(inserted) == 1:
            text = text.replace(inserted, "", 1)
        elif any(part in text.splitlines() for part in inserted.split("\n") if part):
            raise GraftError(
                f"{tree / path}: what make graft put there has been changed;"
                " take these lines out and try again:\n" + inserted.rstrip()
            )
        texts[path] = text
    return texts


def check_unchanged(tree, record):
    """See that nothing of a person's is lost."""
    for path, was in record.files.items():
        now = state(tree / path)
        if now is not None and now != was:
            raise GraftError(f"{tree / path} has been changed; keep it elsewhere and remove it")
    for directory in record.directories:
        for place, _, names in os.walk(tree / directory):
            for name in names:
                path = str((Path(place) / name).relative_to(tree))
                if path not in record.files and not BUILT.fullmatch(name):
                    raise GraftError(f"{tree / path} is not of make graft; move it elsewhere")


def remove_directory(directory):
    """Remove a directory of nothing but what a build has left."""
    for place, directories, names in os.walk(directory, topdown=False):
        for name in names:
            os.unlink(os.path.join(place, name))
        for name in directories:
            os.rmdir(os.path.join(place, name))
    if directory.exists():
        directory.rmdir()


def ungraft(tree):
    """Leave the tree as it was before graft()."""
    check_kernel(tree)
    if not (tree / RECORD).exists():
        raise GraftError(f"{tree} is not grafted: it has no {RECORD}")
    record = Record.read(tree)
    check_unchanged(tree, record)
    texts = taken_out(tree, record)
    for path, text in texts.items():
        if text != (tree / path).read_text():
            replace(tree / path, text.encode())
    for path in record.files:
        (tree / path).unlink(missing_ok=True)
    for directory in reversed(record.directories):
        remove_directory(tree / directory)
    (tree / RECORD).unlink()


def link(tree, plan):
    """Have the tree hold links to the code as it is here and now."""
    if (tree / RECORD).exists():
        ungraft(tree)
    graft(tree, plan, link=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("graft", "link", "ungraft"))
    parser.add_argument("tree", type=Path, help="an unpacked kernel source")
    parser.add_argument("--maintainer", default="", help="NAME <MAIL>, for MAINTAINERS")
    options = parser.parse_args()
    try:
        tree = options.tree.resolve(strict=True)
        plan = series.Series(options.maintainer)
        if options.what == "graft":
            graft(tree, plan)
        elif options.what == "link":
            link(tree, plan)
        else:
            ungraft(tree)
    except (GraftError, series.SeriesError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
