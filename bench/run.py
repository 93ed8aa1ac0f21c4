#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Measures what statsfs costs next to what others take for the same.

Each bench/m-*.sh runs in a virtual machine of its own, whose clock counts
instructions, twice: without what would blur the figures (mitigations, AppArmor,
clearing of all memory), and as Debian ships the kernel.  Its lines are

    table TAB TITLE
    row TAB WHAT TAB INSTRUCTIONS [TAB NUMBER-OF-THEM [TAB TARGET]]
    figure TAB WHAT TAB VALUE TAB UNIT [TAB TARGET]
    note TAB TEXT
    code TAB LINE

and all of them make RESULTS.md.  Lines of code make one block below the table.
bench/o-*.sh print the same, but run on the host.  Nothing here passes or fails.
"""

import argparse
import io
import os
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent / "tests/vm"))

import vm  # noqa: E402

ALONE = (
    "mitigations=off init_on_alloc=0 audit=0 nokaslr lsm=landlock,lockdown,yama,integrity"
)
SHIPPED = "audit=0 nokaslr"


class Table:
    """A table, and what is shown and said below it."""

    def __init__(self, title):
        self.title = title
        self.rows = {}  # by name: a dictionary
        self.code = []
        self.notes = []


class Results:
    """All tables, by their titles; a second run adds to the rows of the first."""

    def __init__(self):
        self.tables = {}

    def add(self, text, profile):
        table = None
        for line in text.splitlines():
            kind, *fields = line.split("\t")
            if kind == "table":
                table = self.tables.setdefault(fields[0], Table(fields[0]))
            elif kind == "row":
                self.add_row(table, profile, *fields)
            elif kind == "figure":
                name, value, unit, *target = fields
                row = table.rows.setdefault(name, {"unit": unit})
                row[profile] = value
                row["target"] = target[0] if target else ""
            elif kind == "note":
                if fields[0] not in table.notes:
                    table.notes.append(fields[0])
            elif kind == "code":
                if profile == "alone":
                    table.code.append("\t".join(fields))
            else:
                raise SystemExit(f"not a line of a measurement: {line!r}")

    @staticmethod
    def add_row(table, profile, name, instructions, number="1", target=""):
        row = table.rows.setdefault(name, {"unit": ""})
        row[profile] = int(float(instructions))
        row["number"] = int(number)
        row["target"] = target


def each(row, profile):
    """Return instructions for each of what a row has, as text."""
    if profile not in row:
        return ""
    if "number" not in row:
        return f"{row[profile]} {row['unit']}".strip()
    if row["number"] == 1:
        return f"{row[profile]:,}"
    value = row[profile] / row["number"]
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def markdown(table):
    """Yield the lines of a table."""
    yield f"## {table.title}"
    yield ""
    yield "| | all | each | target | as shipped |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, row in table.rows.items():
        total = ""
        if row.get("number", 1) > 1 and "alone" in row:
            total = f"{row['alone']:,} / {row['number']:,}"
        cells = (name, total, each(row, "alone"), row["target"], each(row, "shipped"))
        yield "| " + " | ".join(cells) + " |"
    if table.code:
        yield from ("", "```", *table.code, "```")
    for note in table.notes:
        yield ""
        yield note
    yield ""


def measure(script, options, append):
    """Run a script in a virtual machine; return what it printed."""
    machine = vm.Machine(
        kernel=options.kernel.resolve(),
        modules=options.modules.resolve(),
        cpus=1,
        nodes=2,
        memory_mib=2048,
        append=append,
        icount=True,
    )
    out = io.BytesIO()
    sinks = {"stdout": out, "stderr": sys.stderr.buffer}
    result = vm.run_script(machine, script, timeout=options.timeout, sinks=sinks)
    result.explain()
    if result.exit_status:
        raise SystemExit(f"{script.name}: status {result.exit_status}")
    return out.getvalue().decode()


def outside(script, options):
    """Run a script that has machines of its own; return what it printed."""
    environment = os.environ | {"KERNEL": options.kernel.name}
    done = subprocess.run(
        [script], cwd=BENCH.parent, env=environment, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"{script.name}: status {done.returncode}")
    return done.stdout.decode()


def head(options):
    """Yield the first lines of the report."""
    release = next((options.kernel / "lib/modules").iterdir()).name
    yield "# Measurements"
    yield ""
    yield f"Kernel {release}, {time.strftime('%Y-%m-%d')}, by `make bench`: {options.title}"
    yield ""
    yield from (BENCH / "method.md").read_text().splitlines()
    yield ""


def main():
    vm.clean_up_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernel", type=Path, required=True)
    parser.add_argument("--modules", type=Path, required=True)
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for each script")
    parser.add_argument("--output", type=Path, default=BENCH / "RESULTS.md")
    parser.add_argument("--alone", action="store_true", help="not as shipped")
    parser.add_argument("scripts", nargs="*", type=Path, help="only these")
    options = parser.parse_args()
    inside = options.scripts or sorted(BENCH.glob("m-*.sh"))
    options.title = "all of it" if not options.scripts else "a part of it"
    results = Results()
    beside = [script for script in inside if script.name.startswith("o-")]
    inside = [script.resolve() for script in inside if script not in beside]
    if not options.scripts:
        beside = sorted(BENCH.glob("o-*.sh"))
    for number, script in enumerate(inside, 1):
        profiles = {"alone": ALONE} if options.alone else {"alone": ALONE, "shipped": SHIPPED}
        for profile, append in profiles.items():
            print(f"{number}/{len(inside)} {script.name}, {profile}", file=sys.stderr)
            results.add(measure(script, options, append), profile)
    for script in beside:
        print(f"{script.name}", file=sys.stderr)
        results.add(outside(script.resolve(), options), "alone")
    lines = list(head(options))
    for table in results.tables.values():
        lines += markdown(table)
    options.output.write_text("\n".join(lines))
    print(f"written: {options.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
