# SPDX-License-Identifier: GPL-2.0
"""Tests of what is printed of several kernels."""

import argparse
import unittest
from pathlib import Path

import check
import ktap


class KernelsTest(unittest.TestCase):
    """The same scripts on several kernels."""

    def test_table(self):
        old = {
            "t-a.sh": ktap.Totals(passed=12),
            "t-b.sh": ktap.Totals(passed=3, failed=["x"], skipped=["y", "z"]),
        }
        new = {"t-a.sh": ktap.Totals(passed=9, skipped=["y"])}
        self.assertEqual(
            check.kernel_table({"6.1": old, "7.3": new}),
            "# passed  6.1                     7.3\n"
            "# t-a.sh  12                      9, 1 skipped\n"
            "# t-b.sh  3, 1 failed, 2 skipped  not run\n",
        )

    def test_each_has_its_own_kernel_and_modules(self):
        options = argparse.Namespace(
            kernel=Path("/cache/6.1"), modules=Path("build/vm-6.1"), timeout=5
        )
        other = check.with_series(options, "7.3")
        self.assertEqual(other.kernel, Path("/cache/7.3"))
        self.assertEqual(other.modules, Path("build/vm-7.3"))
        self.assertEqual(other.timeout, 5)
