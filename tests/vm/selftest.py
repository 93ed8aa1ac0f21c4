#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the tests of the runner, test_*.py beside it, and prints KTAP."""

import sys
import unittest
from pathlib import Path


class KtapResult(unittest.TestResult):
    """A line per test, with the traceback of a failure before it."""

    def startTest(self, test):
        super().startTest(test)
        self.problems_before = self.problems()

    def stopTest(self, test):
        super().stopTest(test)
        new = self.problems()[len(self.problems_before) :]
        for _, traceback in new:
            print(*(f"# {line}" for line in traceback.splitlines()), sep="\n")
        verdict = "not ok" if new else "ok"
        print(f"{verdict} {self.testsRun} - {test.id()}", flush=True)

    def problems(self):
        return self.errors + self.failures


def main():
    suite = unittest.TestLoader().discover(str(Path(__file__).parent))
    print("KTAP version 1")
    print(f"1..{suite.countTestCases()}")
    return not suite.run(KtapResult()).wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
