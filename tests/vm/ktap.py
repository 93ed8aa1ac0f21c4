#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Counts test results in KTAP.

As a program: repeats its standard input, adds the failures, the skips and the
totals, and fails if a test failed or none ran.
"""

import re
import sys
from dataclasses import dataclass, field

RESULT = re.compile(
    r"(?P<indent> *)(?P<ok>ok|not ok) (?P<number>\d+)(?: -)?(?: (?P<name>.*?))?"
    r"(?: # SKIP ?(?P<skip>.*))?"
)
PLAN = re.compile(r"(?P<indent> *)1\.\.(?P<count>\d+)(?: # SKIP ?(?P<skip>.*))?")


@dataclass
class Totals:
    """Results of tests; what has subtests is not a test, only its subtests are."""

    passed: int = 0
    failed: list = field(default_factory=list)  # their names
    skipped: list = field(default_factory=list)  # their names, with the reasons

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    @property
    def good(self):
        return not self.failed and self.passed > 0

    def report(self):
        """Print what needs attention, and the totals as the last line."""
        for name in self.skipped:
            print(f"skipped: {name}")
        for name in self.failed:
            print(f"FAILED: {name}")
        print(
            f"{self.passed} passed, {len(self.failed)} failed,"
            f" {len(self.skipped)} skipped",
            flush=True,
        )


@dataclass
class Level:
    """A plan, and what came of it so far."""

    planned: int | None = None
    results: int = 0
    failures: int = 0


class Parser:
    """Reads KTAP line by line; other lines between are ignored.

    `where` is put before the names of the tests.
    """

    def __init__(self, where=""):
        self.where = where
        self.totals = Totals()
        self.levels = []  # by indentation

    def line(self, text):
        """Read one line."""
        text = text.rstrip("\r\n")
        if text.startswith("Bail out!"):
            self.fail(text)
        elif match := PLAN.fullmatch(text):
            self.plan(match)
        elif match := RESULT.fullmatch(text):
            self.result(match)

    def finish(self, status=0):
        """Hold the results against the plan and the program's status."""
        if not self.levels:
            self.fail("no results")
        self.close(0)
        if status and not self.totals.failed:
            self.fail(f"exit status {status}")
        return self.totals

    def fail(self, name):
        self.totals.failed.append(f"{self.where}{name}")

    def skip(self, name, reason):
        self.totals.skipped.append(f"{self.where}{name}: {reason or 'no reason given'}")

    def open(self, depth):
        """Return the level at `depth`."""
        while len(self.levels) <= depth:
            self.levels.append(Level())
        return self.levels[depth]

    def close(self, depth):
        """End the levels from `depth` on; return the first of them."""
        ended = self.levels[depth:]
        del self.levels[depth:]
        for level in ended:
            if level.planned is not None and level.results != level.planned:
                self.fail(f"{level.results} of {level.planned} planned results")
        # KUnit's parameterized tests, further in, have no plan.
        if depth == 0 and ended and ended[0].planned is None:
            self.fail("no plan")
        return ended[0] if ended else Level()

    def plan(self, match):
        depth = len(match["indent"]) // 4
        self.close(depth)
        self.open(depth).planned = int(match["count"])
        if match["skip"] is not None:
            self.skip("everything", match["skip"])

    def result(self, match):
        depth = len(match["indent"]) // 4
        name = match["name"]
        subtests = self.close(depth + 1)
        level = self.open(depth)
        level.results += 1
        if match["ok"] == "not ok":
            level.failures += 1
            if not subtests.failures:
                self.fail(name)
        elif subtests.results:
            pass  # they were counted
        elif match["skip"] is not None:
            self.skip(name, match["skip"])
        else:
            self.totals.passed += 1


def main():
    parser = Parser()
    for line in sys.stdin:
        print(line, end="", flush=True)
        parser.line(line)
    totals = parser.finish()
    totals.report()
    return 0 if totals.good else 1


if __name__ == "__main__":
    sys.exit(main())
