# SPDX-License-Identifier: GPL-2.0
"""Tests of what makes tables of measurements, and of what compares them."""

import contextlib
import importlib.machinery
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

BENCH = Path(__file__).resolve().parents[2] / "bench"


def load(name, path):
    """Return the module in a file, whatever that is called."""
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    with mock.patch.object(sys, "dont_write_bytecode", True):
        loader.exec_module(module)
    return module


run = load("bench_run", BENCH / "run.py")
compare = load("bench_compare", BENCH / "compare")

PRINTED = """\
table\tFiles
row\tstatsfs\t750\t1\t760
row\tmany\t123456\t1000\t
figure\tslab\t193.5\tbytes\t200
note\tbelow
"""


def report(*printed):
    """Return a report of what was printed with each profile."""
    results = run.Results()
    for text, profile in zip(printed, ("alone", "shipped"), strict=False):
        results.add(text, profile)
    return "\n".join(line for table in results.tables.values() for line in run.markdown(table))


class BenchTest(unittest.TestCase):
    def compared(self, old, new, *options):
        """Return what compare prints of two reports."""
        with tempfile.TemporaryDirectory() as name:
            paths = [Path(name) / "old.md", Path(name) / "new.md"]
            for path, text in zip(paths, (old, new), strict=True):
                path.write_text(text)
            out = io.StringIO()
            argv = ["compare", *options, *map(str, paths)]
            with mock.patch.object(sys, "argv", argv), contextlib.redirect_stdout(out):
                compare.main()
            return out.getvalue()

    def test_rows_become_a_table(self):
        text = report(PRINTED, PRINTED.replace("750", "870"))
        self.assertIn("## Files\n", text)
        self.assertIn("| statsfs |  | 750 | 760 | 870 |\n", text)
        self.assertIn("| many | 123,456 / 1,000 | 123.5 |  | 123.5 |\n", text)
        self.assertIn("| slab |  | 193.5 bytes | 200 | 193.5 bytes |\n", text)
        self.assertTrue(text.endswith("\nbelow\n"))

    def test_what_is_no_row_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "not a line"):
            report("table\tFiles\nsh: not found\n")

    def test_changes_are_printed(self):
        old, new = report(PRINTED), report(PRINTED.replace("750", "675"))
        self.assertEqual(
            self.compared(old, new), "Files\n  statsfs: each: 750 -> 675 (-10.0 %)\n"
        )
        self.assertEqual(self.compared(old, old), "no row differs by a hundredth\n")
        self.assertIn("193.5 -> 193.5 (+0.0 %)", self.compared(old, old, "--all"))

    def test_rows_of_one_report_are_named(self):
        old, new = report(PRINTED), report(PRINTED.replace("statsfs", "other"))
        self.assertEqual(self.compared(old, new).count("only in"), 2)

    def test_other_files_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "no result of"):
            self.compared(report(PRINTED), "hello\n")
        with self.assertRaisesRegex(SystemExit, "No such file"):
            compare.rows(Path("/nonexistent"))
