# SPDX-License-Identifier: GPL-2.0
"""Reads graft/series.toml: what a kernel tree looks like after each patch.

A file that comes in an early patch may have parts that belong to a later one.
They are found by name, and left out until then:

items       functions, prototypes, structs, variables and macros of C, with the
            comment above
sections    of a header: from a comment that names a file to the next such comment
config      entries of a Kconfig file
text        these very lines; `before` stands in their place until then
between     the lines from the first of these two to the second; `before` likewise

A Makefile names no object whose source is not there yet.
"""

import re
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SERIES = TOP / "graft/series.toml"


class SeriesError(Exception):
    """graft/series.toml and the sources do not fit together."""


@dataclass
class Edit:
    """Lines for a file that the kernel has already."""

    path: str
    text: str
    after: str = ""  # behind the last line that this matches
    before: str = ""  # in front of the first such line
    among: str = ""  # in its place by the alphabet among such lines

    def place(self, lines):
        """Return the number of the line that ours go in front of."""
        pattern = re.compile(self.after or self.before or self.among)
        found = [n for n, line in enumerate(lines) if pattern.search(line)]
        if not found:
            raise LookupError(f"no line for {pattern.pattern!r} to put ours next to")
        if self.before:
            return found[0]
        if self.after:
            return found[-1] + 1
        smaller = [n for n in found if lines[n] < self.text]
        return smaller[-1] + 1 if smaller else found[0]

    def apply(self, text):
        """Return the line in front of ours, and the new text."""
        lines = text.splitlines(keepends=True)
        place = self.place(lines)
        line = lines[place - 1] if place else ""
        return line, "".join(lines[:place]) + self.text + "".join(lines[place:])


class Maintainers(Edit):
    """An entry among those of MAINTAINERS, by the alphabet."""

    def place(self, lines):
        start = next(n for n, line in enumerate(lines) if line.startswith("Maintainers List"))
        title = self.text.splitlines()[0]
        for n in range(start, len(lines)):
            new = lines[n - 1] == "\n" and re.match(r"[A-Z0-9]", lines[n])
            if new and re.match(r"[A-Z]:\t", lines[n + 1]) and lines[n].rstrip() > title:
                return n
        raise LookupError("no entry to put ours in front of")


def is_start(line):
    """Tell whether something may begin behind this line."""
    return not line or line.endswith((";", "}")) or line.startswith("#") or line == "};"


def item_end(lines, n):
    """Return the last line of the item that begins at line `n`."""
    if lines[n].startswith("#define"):
        while lines[n].endswith("\\"):
            n += 1
        return n
    body = False
    while True:
        body = body or lines[n].endswith("{")
        if body and lines[n].startswith("}"):
            return n
        if not body and lines[n].endswith(";"):
            return n
        n += 1


def item_begin(lines, n):
    """Return the first line of it, that of the comment above included."""
    while n and not is_start(lines[n - 1]) and not lines[n - 1].endswith("*/"):
        n -= 1
    if n and lines[n - 1].endswith("*/"):
        while not lines[n - 1].lstrip().startswith("/*"):
            n -= 1
        n -= 1
    return n


def cut(lines, first, last):
    """Take lines out, and of two blank lines one."""
    rest = lines[:first] + lines[last + 1 :]
    around = first and first < len(rest)
    if around and not rest[first - 1] and not rest[first]:
        del rest[first]
    return rest


def without_item(lines, name):
    """Return the lines without all that defines or declares `name`."""
    pattern = re.compile(
        rf"(?:#define )?(?![\s/*#])?.*?\b{name}\b(?: = \{{| \{{|\(|;|\[|\s)"
    )
    found = False
    n = 0
    while n < len(lines):
        line = lines[n]
        head = line.startswith("#define") or not re.match(r"[\s/*#}]|$", line)
        if head and pattern.match(line) and "=" not in line.split(name)[0]:
            first, last = item_begin(lines, n), item_end(lines, n)
            lines = cut(lines, first, last)
            found, n = True, first
        else:
            n += 1
    if not found:
        raise SeriesError(f"no {name}")
    return lines


def without_section(lines, name):
    first = lines.index(f"/* {name} */")
    n = first + 1
    while not re.fullmatch(r"/\* \w+\.c \*/|#endif.*", lines[n]):
        n += 1
    return cut(lines, first, n - 1)


def without_config(lines, name):
    first = lines.index(f"config {name}")
    n = first + 1
    while n < len(lines) and not re.match(r"(config|if|endif|menu|source)\b", lines[n]):
        n += 1
    return cut(lines, first, n - 1)


def without_text(text, part, instead):
    if text.count(part) != 1:
        raise SeriesError(f"not once, but {text.count(part)} times:\n{part}")
    return text.replace(part, instead)


def without_lines(text, ends, instead):
    pattern = f"^{re.escape(ends[0])}\n.*?^{re.escape(ends[1])}\n"
    found = re.search(pattern, text, flags=re.M | re.S)
    if not found:
        raise SeriesError(f"no lines from {ends[0]!r} to {ends[1]!r}")
    front, back = text[: found.start()], text[found.end() :]
    if not instead and front.endswith("\n\n") and back.startswith("\n"):
        back = back[1:]
    return front + instead + back


CUTTERS = {"items": without_item, "sections": without_section, "config": without_config}


def without(text, part):
    """Return a file's text without what an entry of `brings` describes."""
    for key, cutter in CUTTERS.items():
        for name in part.get(key, []):
            lines = text.split("\n")
            try:
                text = "\n".join(cutter(lines, name))
            except ValueError as error:
                raise SeriesError(f"no {name}") from error
    if "text" in part:
        text = without_text(text, part["text"], part.get("before", ""))
    if "between" in part:
        text = without_lines(text, part["between"], part.get("before", ""))
    return text


def without_objects(makefile, there):
    """Return a Makefile without the objects whose sources are not there."""
    done = []
    for statement in re.sub(r"[ \t]*\\\n\s*", " ", makefile).splitlines():
        if statement.startswith("#"):
            done.append(statement)
            continue
        words = statement.split(" ")
        kept = [w for w in words if not re.fullmatch(r"\w+\.o", w) or there(w[:-2])]
        if kept == words:
            done.append(statement)
        elif any(word.endswith(".o") for word in kept):
            done.append(" ".join(kept))
    return done


def wrapped(statement):
    """Break a statement as the Makefiles here are."""
    indent = statement.find(":= ") + len(":= ")
    lines = textwrap.wrap(statement, 78, break_long_words=False, break_on_hyphens=False)
    if len(lines) < 2:
        return statement
    rest = textwrap.wrap(" ".join(lines[1:]), 78 - indent, break_long_words=False)
    pad = "\t" * (indent // 8) + " " * (indent % 8)
    return " \\\n".join([lines[0]] + [pad + line for line in rest])


class Series:
    """The patches; the state after each is counted from 1, 0 is the kernel itself."""

    def __init__(self, maintainer=""):
        with SERIES.open("rb") as file:
            data = tomllib.load(file)
        self.patches = data["patch"]
        self.title = data["title"]
        self.maintainer = maintainer
        self.last = len(self.patches)

    def files(self, step):
        """Return sources by destination."""
        found = {}
        for patch in self.patches[:step]:
            for dest, sources in patch.get("files", {}).items():
                for source in sources:
                    name = dest + Path(source).name if dest.endswith("/") else dest
                    found[name] = source
        return found

    def parts(self, path, step):
        """Yield what of a file comes later."""
        for patch in self.patches[step:]:
            for part in patch.get("brings", []):
                if part["file"] == path:
                    yield part

    def added(self, path, step):
        """Return the lines that patches add to a file of ours."""
        return "".join(
            line + "\n"
            for patch in self.patches[:step]
            for line in patch.get("append", {}).get(path, [])
        )

    def content(self, path, source, step):
        text = (TOP / source).read_text()
        try:
            for part in self.parts(path, step):
                text = without(text, part)
        except SeriesError as error:
            raise SeriesError(f"{SERIES.name}: {source}: {error}") from error
        if Path(path).name == "Makefile":
            text = self.makefile(path, text, step)
        return (text + self.added(path, step)).encode()

    def makefile(self, path, text, step):
        """Return a Makefile of ours as it is after a patch."""
        later = self.files(self.last).keys() - self.files(step).keys()
        directory = Path(path).parent
        if not any(Path(name).parent == directory for name in later):
            return text

        def there(name):
            return str(directory / f"{name}.c") not in later

        return "".join(wrapped(line) + "\n" for line in without_objects(text, there))

    def contents(self, step):
        """Return the files that the patches have created, by path."""
        return {
            path: self.content(path, source, step)
            for path, source in self.files(step).items()
        }

    def edits(self, step):
        """Return what the patches have put into the kernel's own files."""
        done = []
        for patch in self.patches[:step]:
            for edit in patch.get("edit", []):
                done.append(Edit(**edit))
        if step:
            done.append(Maintainers("MAINTAINERS", self.entry(step)))
        return done

    def entry(self, step):
        """Return the entry of MAINTAINERS; without a person it says that."""
        people = [f"M:\t{self.maintainer}"] if self.maintainer else []
        state = "Maintained" if self.maintainer else "Orphan"
        paths = sorted(p for patch in self.patches[:step] for p in patch.get("maintains", []))
        lines = [self.title, *people, "L:\tlinux-fsdevel@vger.kernel.org", f"S:\t{state}"]
        return "\n".join(lines + [f"F:\t{path}" for path in paths]) + "\n\n"
